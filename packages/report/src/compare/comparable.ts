import type { Results } from '@preopen/core';
import { environmentClass } from '../environment-class.ts';

/** Versions before 1.0 may change figures with each minor one. */
const series = (version: string): string => {
  const [major = '', minor = ''] = version.split('.');
  return major === '0' ? `${major}.${minor}` : major;
};

/** What must be equal in two runs for their figures to be held against each other. */
const facts: readonly (readonly [string, (results: Results) => string])[] = [
  ['suite', ({ run }) => run.suite],
  ['scale', ({ run }) => `${run.scale.stocks} stocks × ${run.scale.days} days, ${run.scale.users} users`],
  ['target', ({ target }) => `${target.name} (${target.kind.join(' and ')})`],
  ['market data', ({ dataset }) => dataset.digest ?? 'none'],
  ['machine', ({ environment }) => environmentClass(environment)],
  ['tool', ({ run }) => `${run.tool.name} ${series(run.tool.version)}`],
  ['seed', ({ run }) => String(run.seed)],
  [
    'requirements',
    ({ requirements }) =>
      requirements
        .map(({ expression }) => expression)
        .toSorted()
        .join(', ') || 'none',
  ],
];

/** Everything in which runs differ that must not differ, one sentence each; empty if they can be compared. */
export function incomparabilities(base: readonly Results[], head: readonly Results[]): string[] {
  const found: string[] = [];
  for (const [name, of] of facts) {
    const values = (runs: readonly Results[]): string => [...new Set(runs.map(of))].join(' and ');
    const [a, b] = [values(base), values(head)];
    if (a !== b || new Set([...base, ...head].map(of)).size > 1) found.push(`${name}: base ${a}; head ${b}`);
  }
  for (const [side, runs] of [
    ['base', base],
    ['head', head],
  ] as const) {
    if (new Set(runs.map(({ target }) => target.digest)).size > 1)
      found.push(`target of ${side}: its runs were made on different builds`);
  }
  return found;
}
