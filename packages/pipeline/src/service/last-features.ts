import { Booster } from '@preopen/lightgbm-wasm';
import type { Panel } from '@preopen/market-tw';
import type { Features } from '../features.ts';
import { cookFeatures, recipeOf } from '../generation/recipe.ts';
import type { FeatureTable } from './feature-table.ts';

/**
 * Features of the last session's stocks, as a model takes them: what a service needs to be asked by stock code.
 * @param features those that the model's own are among, or are made of (by `generateFeatures`)
 * @param groups `[stocks]`: sectors as whole numbers from 0
 */
export function lastFeatures(panel: Panel, features: Features, modelText: string, groups: Int32Array): FeatureTable {
  const booster = Booster.load(modelText);
  const { featureNames } = booster;
  booster.dispose();
  const recipes = featureNames.flatMap((name) => recipeOf(name) ?? []);
  const n = features.stocks;
  const from = (features.days - 1) * n;
  const lastDay: Features = {
    names: features.names,
    columns: features.columns.map((column) => column.subarray(from)),
    days: 1,
    stocks: n,
  };
  const { names, columns } = cookFeatures(lastDay, recipes, groups);
  const trading = [...panel.stocks.keys()].filter((i) => !Number.isNaN(panel.fields.close[from + i]!));
  const used = featureNames.map((name) => columns[names.indexOf(name)]!);
  return {
    date: panel.dates.at(-1)!,
    names: featureNames,
    codes: trading.map((i) => panel.stocks[i]!.code),
    values: Float64Array.from(trading.flatMap((i) => used.map((column) => column[i]!))),
  };
}
