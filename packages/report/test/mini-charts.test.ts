import type { CheckResult } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../src/page.ts';
import { aCheck, aRun } from './support/runs.ts';

/** A scenario in which the mean stock moves as told. */
const scenario = (id: string, market: readonly number[], halted = market.map(() => 0)): CheckResult =>
  aCheck({
    id: `taiwan/panel-${id}`,
    title: id,
    measurements: [{ metric: `taiwan.${id}.duration`, value: 3, unit: 's', samples: 1 }],
    series: [
      {
        id: 'taiwan.market',
        title: 'The market session by session, and the rank IC of its predictions',
        columns: [
          { name: 'date', values: market.map((_, k) => `2026-01-0${k + 1}`) },
          { name: 'mean stock', unit: 'ratio', values: [...market] },
          { name: 'at a limit', unit: 'ratio', values: market.map(() => 0) },
          { name: 'halted', unit: 'ratio', values: halted },
          { name: 'rank IC', unit: 'ratio', values: market.map((_, k) => (k === 0 ? 0.1 : null)) },
          { name: 'stress', unit: 'count', values: market.map((_, k) => (k === 1 ? 1 : 0)) },
        ],
      },
    ],
  });

const cardOf = (page: string, id: string): string =>
  page.split('<article').find((part) => part.includes(`<code>taiwan/panel-${id}</code>`))!;
const page = renderReport(
  aRun({ checks: [scenario('crash', [0, -0.4, -0.4]), scenario('calm', [0, 0, -0.04], [0, 0.02, 0])] }),
);

describe('small charts of scenarios', () => {
  it('stand on one axis, so that a fall of 40 % is ten times as deep as one of 4 %', () => {
    // After a move points follow each other, two numbers each; a level stretch is an H.
    const depth = (id: string): number => {
      const [, path] = /class="line" d="([^"]+)"/.exec(cardOf(page, id))!;
      const points = path!.replace(/H\d+/g, '').match(/[\d.]+/g)!;
      const heights = points.filter((_, k) => k % 2 === 1);
      return Number(heights.at(-1)) - Number(heights[0]);
    };
    expect(depth('crash') / depth('calm')).toBeCloseTo(10, 0);
  });
  it('say their ends in figures, and shade the sessions of stress', () => {
    expect(cardOf(page, 'crash')).toContain('−40 %</span>');
    expect(cardOf(page, 'crash')).toContain('class="stress"');
  });
  it('leave out what did not happen', () => {
    const names = (id: string): string[] =>
      [...cardOf(page, id).matchAll(/<li><span class="soft">([^<]+)</g)].map(([, name]) => name!);
    expect(names('crash')).toEqual(['mean stock', 'rank IC']);
    expect(names('calm')).toEqual(['mean stock', 'halted', 'rank IC']);
  });
  it('have all their figures as a table', () => {
    expect(cardOf(page, 'calm')).toContain('The figures, 3 rows');
  });
});
