import type { Features } from '../features.ts';
import { predictCells, trainModel } from '../model.ts';
import { binaryOperators, cookFeatures, groupOperators, type Recipe, recipeKitchen, recipeName } from './recipe.ts';

/** What is generated, of which days, and how much work it may take. */
export interface GenerationRequest {
  /** Training days `[trainFrom, trainTo)`: nothing else is looked at. */
  readonly trainFrom: number;
  readonly trainTo: number;
  readonly horizonDays: number;
  /** `[stocks]`: sectors as whole numbers from 0. */
  readonly groups: Int32Array;
  /** Base features that are combined: those of the highest gain. Default 24. */
  readonly bases?: number;
  /** Generated features that are kept. Default 20. */
  readonly keep?: number;
  /** Candidates that come to the second stage. Default 64. */
  readonly finalists?: number;
  readonly signal?: AbortSignal;
  /** Told how far it is, with a fraction of all of it. */
  readonly onProgress?: (event: { readonly message: string; readonly fraction: number }) => void;
}

/** A generated feature and what it brought. */
export interface GeneratedFeature {
  readonly recipe: Recipe;
  readonly name: string;
  /** Gain of its splits in the model that has all finalists. */
  readonly gain: number;
}

const bins = 32;
/** Days of the first, smallest block; each round of halving doubles them. */
const firstDays = 6;

/**
 * Generates features in the manner of OpenFE: expands the best base features by all operators; prunes by successive
 * halving, each candidate by how much it lessens the error that a model of the base features leaves, on growing blocks of
 * days; then trains one model on all that are left and keeps those of the highest gain.
 *
 * The work is bounded by counts, not by the clock, so that the same data give the same features.
 * Source: Zhang et al., OpenFE, ICML 2023. There, each candidate trains a small gradient-boosted model; with a single
 * feature that converges to the means of its bins, which are taken directly here, shrunk and judged on later days.
 * @param label `[days × stocks]`
 */
export async function generateFeatures(
  features: Features,
  label: Float64Array,
  request: GenerationRequest,
): Promise<GeneratedFeature[]> {
  const { trainFrom, trainTo, bases = 24, keep = 20, finalists = 64, signal, onProgress = () => undefined } = request;
  onProgress({ message: 'models of the base features', fraction: 0 });
  const { gains, residual } = await baseline(features, label, request);
  const names = [...gains.entries()]
    .sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
    .slice(0, bases)
    .map(([name]) => name);
  const left = await halve(expand(names), features, residual, { ...request, finalists, onProgress });
  onProgress({ message: `a model of ${left.length} finalists`, fraction: 0.95 });
  const all = await trainModel(
    cookFeatures(features, left, request.groups),
    label,
    { from: trainFrom, to: trainTo, horizonDays: request.horizonDays },
    signal,
  );
  const finalGains = all.booster.featureImportance('gain');
  const gainOf = new Map(all.booster.featureNames.map((name, f) => [name, finalGains[f]!]));
  all.booster.dispose();
  return left
    .map((recipe) => ({ recipe, name: recipeName(recipe), gain: gainOf.get(recipeName(recipe)) ?? 0 }))
    .sort((a, b) => b.gain - a.gain || (a.name < b.name ? -1 : 1))
    .slice(0, keep);
}

/**
 * What the base features leave unexplained: each half of the days is predicted by a model of the other half, since a
 * model's error on its own rows says little.
 */
async function baseline(
  features: Features,
  label: Float64Array,
  { trainFrom, trainTo, horizonDays, signal }: GenerationRequest,
): Promise<{ readonly gains: ReadonlyMap<string, number>; readonly residual: Float64Array }> {
  const middle = Math.floor((trainFrom + trainTo) / 2);
  const halves = [
    { learn: [middle, trainTo], predict: [trainFrom, middle] },
    { learn: [trainFrom, middle - horizonDays], predict: [middle, trainTo] },
  ] as const;
  const gains = new Map<string, number>();
  const residual = label.slice();
  for (const { learn, predict } of halves) {
    const model = await trainModel(
      features,
      label,
      { from: learn[0], to: Math.max(learn[0] + 1, learn[1]), horizonDays },
      signal,
    );
    const gain = model.booster.featureImportance('gain');
    model.booster.featureNames.forEach((name, f) => {
      gains.set(name, (gains.get(name) ?? 0) + gain[f]!);
    });
    const [from, to] = [predict[0] * features.stocks, predict[1] * features.stocks];
    const fitted = predictCells(model, features, from, to);
    model.booster.dispose();
    for (let at = from; at < to; at++) residual[at]! -= fitted[at - from]!;
  }
  return { gains, residual };
}

/** All recipes of some features. */
export function expand(names: readonly string[]): Recipe[] {
  const recipes: Recipe[] = [];
  names.forEach((a, k) => {
    recipes.push({ operator: 'absolute', a });
    for (const operator of groupOperators) recipes.push({ operator, a });
    for (const b of names.slice(k + 1)) {
      for (const operator of binaryOperators) recipes.push({ operator, a, b });
      recipes.push({ operator: 'divide', a: b, b: a });
    }
  });
  return recipes;
}

/** Successive halving: the better half on few days, of these the better half on twice as many, until few are left. */
async function halve(
  candidates: readonly Recipe[],
  features: Features,
  residual: Float64Array,
  request: GenerationRequest & { readonly finalists: number },
): Promise<Recipe[]> {
  const { trainFrom, trainTo, horizonDays, groups, finalists, signal, onProgress } = request;
  // The last third judges, after a gap as long as a label.
  const split = trainFrom + Math.floor(((trainTo - trainFrom) * 2) / 3);
  const judge = createJudge(features, residual, groups);
  const rounds = Math.max(1, Math.ceil(Math.log2(candidates.length / finalists)));
  let left = [...candidates];
  for (let round = 0; round < rounds; round++) {
    const days = firstDays * 2 ** round;
    const learn = spread(trainFrom, split - horizonDays, days);
    const test = spread(split, trainTo, Math.ceil(days / 2));
    const scores = new Map<Recipe, number>();
    for (const [k, recipe] of left.entries()) {
      scores.set(recipe, judge(recipe, learn, test));
      if (k % 200 !== 0) continue;
      onProgress?.({
        message: `round ${round + 1} of ${rounds}: ${k} of ${left.length} candidates`,
        fraction: 0.05 + (0.9 * (round + k / left.length)) / rounds,
      });
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    const kept = Math.max(finalists, Math.ceil(left.length / 2));
    // The sort is stable: equals keep the order of the expansion.
    left = left.sort((a, b) => scores.get(b)! - scores.get(a)!).slice(0, round === rounds - 1 ? finalists : kept);
  }
  return left;
}

/** So many days, evenly spread over `[from, to)`. */
function spread(from: number, to: number, count: number): number[] {
  const length = Math.max(1, to - from);
  const used = Math.min(count, length);
  return Array.from({ length: used }, (_, k) => from + Math.floor(((k + 0.5) * length) / used));
}

/** Judges a recipe: the part of the residual's variance on test days that the bin means of the learning days take away. */
function createJudge(
  features: Features,
  residual: Float64Array,
  groups: Int32Array,
): (recipe: Recipe, learn: readonly number[], test: readonly number[]) => number {
  const { stocks } = features;
  const kitchen = recipeKitchen(features, groups);
  const ranks = new Float64Array(stocks);
  const sum = new Float64Array(bins);
  const count = new Float64Array(bins);
  const binOf = (rank: number): number => Math.min(bins - 1, Math.floor((rank + 0.5) * bins));
  return (recipe, learn, test) => {
    sum.fill(0);
    count.fill(0);
    for (const day of learn) {
      kitchen.cook(recipe, day, ranks, 0);
      for (let i = 0; i < stocks; i++) {
        const error = residual[day * stocks + i]!;
        if (Number.isNaN(ranks[i]! + error)) continue;
        const bin = binOf(ranks[i]!);
        sum[bin]! += error;
        count[bin]! += 1;
      }
    }
    // Shrunk to zero as LightGBM’s leaves are, the more the fewer rows there are.
    for (let bin = 0; bin < bins; bin++) sum[bin]! /= count[bin]! + 100;
    let before = 0;
    let after = 0;
    for (const day of test) {
      kitchen.cook(recipe, day, ranks, 0);
      for (let i = 0; i < stocks; i++) {
        const error = residual[day * stocks + i]!;
        if (Number.isNaN(error)) continue;
        const guess = Number.isNaN(ranks[i]!) ? 0 : sum[binOf(ranks[i]!)]!;
        before += error * error;
        after += (error - guess) * (error - guess);
      }
    }
    return before > 0 ? 1 - after / before : 0;
  };
}
