/** An answer, and which cross-section was asked. */
export interface Answer {
  readonly batch: number;
  readonly predictions: Float64Array;
}

const isSame = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/**
 * Answers that repeat, number by number, the one to another cross-section before it: the service told what it knew of the
 * last one. Two rows or more; a single number may well come twice.
 */
export function staleAnswers(answers: readonly Answer[]): { readonly compared: number; readonly stale: number } {
  let compared = 0;
  let stale = 0;
  for (let k = 1; k < answers.length; k++) {
    const [before, now] = [answers[k - 1]!, answers[k]!];
    if (before.batch === now.batch || now.predictions.length < 2) continue;
    compared++;
    if (isSame(before.predictions, now.predictions)) stale++;
  }
  return { compared, stale };
}
