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
];

/** So many requirements are named that one side alone has. */
const mostNamed = 5;

/** How requirements differ; those that both sides hold are no news, and a suite may have hundreds. */
function requirementsThatDiffer(base: readonly Results[], head: readonly Results[]): string[] {
  const expressions = (results: Results): string[] => results.requirements.map(({ expression }) => expression);
  const all = [...base, ...head].map((run) => new Set(expressions(run)));
  const isEverywhere = (expression: string): boolean => all.every((one) => one.has(expression));
  const named = (runs: readonly Results[]): string => {
    const own = [...new Set(runs.flatMap(expressions))].filter((one) => !isEverywhere(one)).toSorted();
    const more = own.length > mostNamed ? ` and ${own.length - mostNamed} more` : '';
    return own.length === 0 ? 'no others' : `${own.slice(0, mostNamed).join(', ')}${more}`;
  };
  const common = [...(all[0] ?? [])].filter(isEverywhere).length;
  return all.every((one) => one.size === common)
    ? []
    : [`requirements, beside ${common} in common: base ${named(base)}; head ${named(head)}`];
}

/** Everything in which runs differ that must not differ, one sentence each; empty if they can be compared. */
export function incomparabilities(base: readonly Results[], head: readonly Results[]): string[] {
  const found: string[] = [];
  for (const [name, of] of facts) {
    const values = (runs: readonly Results[]): string => [...new Set(runs.map(of))].join(' and ');
    const [a, b] = [values(base), values(head)];
    if (a !== b || new Set([...base, ...head].map(of)).size > 1) found.push(`${name}: base ${a}; head ${b}`);
  }
  found.push(...requirementsThatDiffer(base, head));
  for (const [side, runs] of [
    ['base', base],
    ['head', head],
  ] as const) {
    if (new Set(runs.map(({ target }) => target.digest)).size > 1)
      found.push(`target of ${side}: its runs were made on different builds`);
  }
  return found;
}
