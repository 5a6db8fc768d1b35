import { cExp } from './c-exp.ts';

/** How raw scores become predictions; read from the model file's `objective` line. */
export type OutputTransform =
  | { readonly kind: 'identity' }
  | { readonly kind: 'signed-square' }
  | { readonly kind: 'exp' }
  | { readonly kind: 'sigmoid'; readonly sigmoid: number }
  | { readonly kind: 'softmax' }
  | { readonly kind: 'log1p-exp' };

const IDENTITY = new Set([
  'regression',
  'regression_l1',
  'huber',
  'fair',
  'quantile',
  'mape',
  'lambdarank',
  'rank_xendcg',
]);
/** Those that may be trained on the square root of the labels. */
const ROOT = new Set(['regression', 'regression_l1', 'fair', 'quantile', 'mape']);
const EXP = new Set(['poisson', 'gamma', 'tweedie']);

/**
 * The transform that an objective string such as `binary sigmoid:1` asks for.
 * @returns `undefined` for an objective that LightGBM does not have
 */
export function outputTransform(objective: string): OutputTransform | undefined {
  const [name = '', ...options] = objective.split(' ');
  const sigmoid = Number(options.find((option) => option.startsWith('sigmoid:'))?.slice(8) ?? Number.NaN);
  if (ROOT.has(name) && options.includes('sqrt')) return { kind: 'signed-square' };
  if (IDENTITY.has(name)) return { kind: 'identity' };
  if (EXP.has(name)) return { kind: 'exp' };
  if (name === 'binary' || name === 'multiclassova') return sigmoid > 0 ? { kind: 'sigmoid', sigmoid } : undefined;
  if (name === 'cross_entropy') return { kind: 'sigmoid', sigmoid: 1 };
  if (name === 'cross_entropy_lambda') return { kind: 'log1p-exp' };
  if (name === 'multiclass') return { kind: 'softmax' };
  return undefined;
}

/**
 * Softmax of `count` values at `at`, in place, the largest taken off first. Training passes `Math.exp`: it is ten times
 * as fast, and gradients are rounded to single precision anyway.
 */
export function softmax(values: Float64Array, at: number, count: number, exp: (x: number) => number = cExp): void {
  let largest = values[at]!;
  for (let k = 1; k < count; k++) if (values[at + k]! > largest) largest = values[at + k]!;
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const e = exp(values[at + k]! - largest);
    values[at + k] = e;
    sum += e;
  }
  for (let k = 0; k < count; k++) values[at + k]! /= sum;
}

/** The prediction of one row of one output. */
export function applyToOne(transform: OutputTransform, score: number): number {
  switch (transform.kind) {
    case 'identity':
      return score;
    case 'signed-square':
      return Math.sign(score) * score * score;
    case 'exp':
      return cExp(score);
    case 'sigmoid':
      return 1 / (1 + cExp(-transform.sigmoid * score));
    case 'log1p-exp':
      return Math.log1p(cExp(score));
    case 'softmax':
      return 1;
  }
}

/** Turns raw scores into predictions, in place. `scores` is rows × `outputs`, row-major. */
export function applyTransform(transform: OutputTransform, scores: Float64Array, outputs: number): void {
  switch (transform.kind) {
    case 'identity':
      return;
    case 'signed-square':
      for (let i = 0; i < scores.length; i++) scores[i] = Math.sign(scores[i]!) * scores[i]! * scores[i]!;
      return;
    case 'exp':
      for (let i = 0; i < scores.length; i++) scores[i] = cExp(scores[i]!);
      return;
    case 'sigmoid':
      for (let i = 0; i < scores.length; i++) scores[i] = 1 / (1 + cExp(-transform.sigmoid * scores[i]!));
      return;
    case 'log1p-exp':
      for (let i = 0; i < scores.length; i++) scores[i] = Math.log1p(cExp(scores[i]!));
      return;
    case 'softmax':
      for (let at = 0; at < scores.length; at += outputs) softmax(scores, at, outputs);
  }
}
