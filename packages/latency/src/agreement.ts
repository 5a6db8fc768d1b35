import { rankCorrelation } from '@preopen/core';

/** How far two services say the same of the same rows. */
export interface Agreement {
  /** Requests that both answered. */
  readonly requests: number;
  readonly predictions: number;
  /** Share of predictions that are equal to the last bit. */
  readonly identicalShare: number;
  /** Spearman's rank correlation within a request: mean and worst; `undefined` where no request has two different ranks. */
  readonly rankCorrelation: { readonly mean: number; readonly worst: number } | undefined;
  /** The largest differences, largest first. */
  readonly largest: readonly {
    readonly request: number;
    readonly row: number;
    readonly a: number;
    readonly b: number;
  }[];
}

const mostLargest = 5;

/**
 * Compares what two services answered to the same requests.
 * @param answers of each request both sides' predictions, equally long
 */
export function predictionAgreement(
  answers: readonly { readonly a: Float64Array; readonly b: Float64Array }[],
): Agreement {
  let identical = 0;
  let predictions = 0;
  const correlations: number[] = [];
  let largest: Agreement['largest'] = [];
  for (const [request, { a, b }] of answers.entries()) {
    predictions += a.length;
    const differing: Agreement['largest'][number][] = [];
    for (let row = 0; row < a.length; row++) {
      if (Object.is(a[row], b[row])) identical++;
      else differing.push({ request, row, a: a[row]!, b: b[row]! });
    }
    const size = (one: Agreement['largest'][number]): number => Math.abs(one.a - one.b);
    largest = [...largest, ...differing].toSorted((x, y) => size(y) - size(x)).slice(0, mostLargest);
    const correlation = rankCorrelation(a, b);
    if (!Number.isNaN(correlation)) correlations.push(correlation);
  }
  const mean = correlations.reduce((sum, r) => sum + r, 0) / correlations.length;
  return {
    requests: answers.length,
    predictions,
    identicalShare: predictions > 0 ? identical / predictions : 0,
    rankCorrelation: correlations.length > 0 ? { mean, worst: Math.min(...correlations) } : undefined,
    largest,
  };
}
