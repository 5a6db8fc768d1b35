import type { InferenceBatch, Random } from '@preopen/core';

/** Cross-sections as a market in distress would make them, for a service of which only the number of features is known. */
export interface ServiceScenario {
  /** As in metric names. */
  readonly id: string;
  readonly title: string;
  /** What is done to the rows, and what it stands for. */
  readonly story: string;
  /** The rows hold `NaN`, which a service may refuse. */
  readonly hasHoles?: boolean;
  /** Makes a stressed cross-section of a calm one, which stays as it is. */
  perturb(batch: InferenceBatch, random: Random): InferenceBatch;
}

/** A copy whose rows may be changed in place. */
function changed(
  batch: InferenceBatch,
  change: (values: Float64Array, row: number, offset: number) => void,
): InferenceBatch {
  const values = Float64Array.from(batch.values);
  for (let row = 0; row < batch.rows; row++) change(values, row, row * batch.features);
  return { ...batch, values };
}

/** Sizes of a cross-section on a day on which nearly everything is halted, and on an ordinary one. */
const shrunkShares = [0, 0.001, 0.005, 0.02, 0.1, 0.3, 0.6, 1];

/** The perturbations. But for holes, every value stays finite and within single precision. */
export const serviceScenarios: readonly ServiceScenario[] = [
  {
    id: 'limitDown',
    title: 'Limit-down day: most of the cross-section moves as one',
    story:
      'seven rows in ten are drawn towards one and the same extreme row, six standard deviations out, as when 1,702 stocks closed limit-down on 2025-04-07',
    perturb(batch, random) {
      const extreme = Float64Array.from({ length: batch.features }, () => (random.uniform() < 0.5 ? -6 : 6));
      return changed(batch, (values, _row, offset) => {
        if (random.uniform() >= 0.7) return;
        for (let f = 0; f < batch.features; f++) values[offset + f] = 0.1 * values[offset + f]! + extreme[f]!;
      });
    },
  },
  {
    id: 'haltStorm',
    title: 'Halt storm: rows that stand still',
    story: 'four rows in ten hold zeros only, as features of stocks without a trade come out',
    perturb: (batch, random) =>
      changed(batch, (values, _row, offset) => {
        if (random.uniform() < 0.4) values.fill(0, offset, offset + batch.features);
      }),
  },
  {
    id: 'gaps',
    title: 'Gaps: stocks that resume, and a mass ex-dividend day',
    story:
      'a third of the rows jump by eight standard deviations in a third of their features, up or down, as returns and turnover do when a stock comes back from a halt',
    perturb: (batch, random) =>
      changed(batch, (values, _row, offset) => {
        if (random.uniform() >= 1 / 3) return;
        for (let f = 0; f < batch.features; f++) {
          if (random.uniform() < 1 / 3) values[offset + f]! += random.uniform() < 0.5 ? -8 : 8;
        }
      }),
  },
  {
    id: 'extremes',
    title: 'Extreme but legal values',
    story:
      'one row in ten holds a million, a millionth or minus zero, as ratios do whose denominator nearly vanishes when nothing is traded',
    perturb: (batch, random) =>
      changed(batch, (values, _row, offset) => {
        if (random.uniform() >= 0.1) return;
        for (let f = 0; f < batch.features; f++) values[offset + f] = [1e6, -1e6, 1e-6, -0][random.integer(4)]!;
      }),
  },
  {
    id: 'fewStocks',
    title: 'Hardly any stock trades, then all do',
    story:
      'cross-sections of one stock, a few, and all: after a halt of nearly everything the universe comes back in steps',
    perturb(batch, random) {
      const rows = Math.max(1, Math.round(batch.rows * shrunkShares[random.integer(shrunkShares.length)]!));
      return {
        rows,
        features: batch.features,
        values: batch.values.slice(0, rows * batch.features),
        ...(batch.stocks ? { stocks: batch.stocks.slice(0, rows) } : {}),
      };
    },
  },
  {
    id: 'holes',
    title: 'Holes: features that are missing',
    story:
      'one row in five lacks a third of its features (NaN), as new listings and stocks after a halt do; a service may refuse them, but not answer with what is no number',
    hasHoles: true,
    perturb: (batch, random) =>
      changed(batch, (values, _row, offset) => {
        if (random.uniform() >= 0.2) return;
        for (let f = 0; f < batch.features; f++) if (random.uniform() < 1 / 3) values[offset + f] = Number.NaN;
      }),
  },
];
