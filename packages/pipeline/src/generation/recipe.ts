import type { Features } from '../features.ts';
import { centredRanks } from '../operators/midranks.ts';

/** What is done with two features of a day. Both orders of the last two are tried. */
export const binaryOperators = ['add', 'multiply', 'min', 'max', 'subtract', 'divide'] as const;
/** What is done with one feature and the groups of its stocks. */
export const groupOperators = ['groupMean', 'groupMax', 'groupMin', 'groupDeviation', 'groupRank'] as const;

/**
 * How a feature is made of others, by their names. Of OpenFE's operators those are here that change a rank: the features
 * are ranks within their day and the result is ranked again, so that logarithm, root, sigmoid and the like do nothing.
 * Source: Zhang et al., OpenFE: Automated Feature Generation with Expert-level Performance, ICML 2023, table 1
 */
export type Recipe =
  | { readonly operator: 'absolute' | (typeof groupOperators)[number]; readonly a: string }
  | { readonly operator: (typeof binaryOperators)[number]; readonly a: string; readonly b: string };

/** The recipe as a name: `multiply(momentum_5d|range_1d)`; LightGBM takes no comma or blank in a name. */
export function recipeName(recipe: Recipe): string {
  return 'b' in recipe ? `${recipe.operator}(${recipe.a}|${recipe.b})` : `${recipe.operator}(${recipe.a})`;
}

/** The recipe of a name that `recipeName` gave; `undefined` for the name of any other feature. */
export function recipeOf(name: string): Recipe | undefined {
  const [, operator = '', a = '', b] = /^(\w+)\(([^|()]+)(?:\|([^|()]+))?\)$/.exec(name) ?? [];
  const isOneOf =
    <T extends string>(known: readonly T[]): ((text: string) => text is T) =>
    (text): text is T =>
      known.some((one) => one === text);
  if (b !== undefined) return isOneOf(binaryOperators)(operator) ? { operator, a, b } : undefined;
  return isOneOf(['absolute', ...groupOperators] as const)(operator) ? { operator, a } : undefined;
}

/** Computes recipes day by day, again and again without allocating. */
export interface RecipeKitchen {
  /** Fills `out` with the recipe's ranks, in [−0.5, 0.5], on one day; `NaN` where an ingredient is missing. */
  cook(recipe: Recipe, day: number, out: Float64Array, outFrom: number): void;
}

/**
 * @param groups `[stocks]`, whole numbers from 0: sectors
 * @throws RangeError by `cook` for a name that is no feature
 */
export function recipeKitchen(features: Features, groups: Int32Array): RecipeKitchen {
  const { stocks } = features;
  const columnOf = new Map(features.names.map((name, f) => [name, features.columns[f]!]));
  const values = new Float64Array(stocks);
  const groupCount = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const sums = { count: new Int32Array(groupCount), a: new Float64Array(groupCount), b: new Float64Array(groupCount) };
  const column = (name: string): Float32Array => {
    const found = columnOf.get(name);
    if (found === undefined) throw new RangeError(`recipe: no feature is called “${name}”`);
    return found;
  };
  return {
    cook(recipe, day, out, outFrom) {
      const row = day * stocks;
      if ('b' in recipe) combine(recipe.operator, column(recipe.a), column(recipe.b), row, values);
      else if (recipe.operator === 'absolute') {
        const a = column(recipe.a);
        for (let i = 0; i < stocks; i++) values[i] = Math.abs(a[row + i]!);
      } else group(recipe.operator, column(recipe.a), row, groups, sums, values);
      centredRanks(values, out.subarray(outFrom, outFrom + stocks));
    },
  };
}

function combine(
  operator: (typeof binaryOperators)[number],
  a: Float32Array,
  b: Float32Array,
  row: number,
  out: Float64Array,
): void {
  const n = out.length;
  switch (operator) {
    case 'add':
      for (let i = 0; i < n; i++) out[i] = a[row + i]! + b[row + i]!;
      return;
    case 'subtract':
      for (let i = 0; i < n; i++) out[i] = a[row + i]! - b[row + i]!;
      return;
    case 'multiply':
      for (let i = 0; i < n; i++) out[i] = a[row + i]! * b[row + i]!;
      return;
    case 'divide':
      for (let i = 0; i < n; i++) out[i] = b[row + i] === 0 ? Number.NaN : a[row + i]! / b[row + i]!;
      return;
    case 'min':
      for (let i = 0; i < n; i++) out[i] = Math.min(a[row + i]!, b[row + i]!);
      return;
    case 'max':
      for (let i = 0; i < n; i++) out[i] = Math.max(a[row + i]!, b[row + i]!);
      return;
  }
}

function group(
  operator: (typeof groupOperators)[number],
  a: Float32Array,
  row: number,
  groups: Int32Array,
  sums: { readonly count: Int32Array; readonly a: Float64Array; readonly b: Float64Array },
  out: Float64Array,
): void {
  const n = out.length;
  const isExtreme = operator === 'groupMax' || operator === 'groupMin';
  const sign = operator === 'groupMin' ? -1 : 1;
  sums.count.fill(0);
  sums.a.fill(isExtreme ? Number.NEGATIVE_INFINITY : 0);
  sums.b.fill(0);
  for (let i = 0; i < n; i++) {
    const value = a[row + i]!;
    if (Number.isNaN(value)) continue;
    const g = groups[i]!;
    sums.count[g]!++;
    if (isExtreme) sums.a[g] = Math.max(sums.a[g]!, sign * value);
    else sums.a[g]! += value;
    sums.b[g]! += value * value;
  }
  for (let i = 0; i < n; i++) {
    const value = a[row + i]!;
    const g = groups[i]!;
    const count = sums.count[g]!;
    const mean = sums.a[g]! / count;
    if (Number.isNaN(value)) out[i] = Number.NaN;
    else if (isExtreme) out[i] = sign * sums.a[g]!;
    else if (operator === 'groupMean') out[i] = mean;
    else if (operator === 'groupDeviation') out[i] = Math.sqrt(Math.max(0, sums.b[g]! / count - mean * mean));
    // Ranks are even within the day: the distance from the group's mean orders its members and compares groups.
    else out[i] = value - mean;
  }
}

/** Features with further columns, one for each recipe, for all days. */
export function cookFeatures(features: Features, recipes: readonly Recipe[], groups: Int32Array): Features {
  const kitchen = recipeKitchen(features, groups);
  const column = new Float64Array(features.days * features.stocks);
  const cooked = recipes.map((recipe) => {
    for (let day = 0; day < features.days; day++) kitchen.cook(recipe, day, column, day * features.stocks);
    return new Float32Array(column);
  });
  return {
    ...features,
    names: [...features.names, ...recipes.map(recipeName)],
    columns: [...features.columns, ...cooked],
  };
}
