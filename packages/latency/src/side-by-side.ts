import type { CheckContext, RunningService } from '@preopen/core';
import { InputError, quantile, sortedCopy } from '@preopen/core';
import { type Agreement, predictionAgreement } from './agreement.ts';
import { warmUp } from './warm-up.ts';

interface Times {
  readonly a: number;
  readonly b: number;
}

/** One round of two services under the same requests. */
export interface SideBySide {
  /** Pairs in which both answered well. */
  readonly pairs: number;
  /** Requests of each that were not answered well. */
  readonly failures: { readonly a: number; readonly b: number };
  /** What was wrong with the first of them, in words; `undefined` where none failed. */
  readonly problems: { readonly a: string | undefined; readonly b: string | undefined };
  /** Service times of the good pairs, ms; `undefined` where there are too few of them. */
  readonly timesMs: { readonly p50: Times; readonly p95: Times } | undefined;
  readonly agreement: Agreement;
}

/** Different batches that are sent in turn, so that no answer can come from a cache of one request. */
const payloads = 32;
/** Below this a P95 rests on a single request. */
const leastPairs = 20;

/**
 * Sends the same requests to two services, one right after the other and one at a time, in the order a, b, b, a, …, so
 * that whatever disturbs the machine disturbs both. The two never compete with each other.
 * @param scenario.rows of each request
 * @param scenario.pairs requests to each, after both are warm
 * @throws InputError if the two do not take the same number of features
 */
export async function measureSideBySide(
  a: RunningService,
  b: RunningService,
  scenario: { readonly rows: number; readonly pairs: number; readonly timeoutMs?: number },
  context: Pick<CheckContext, 'clock' | 'signal' | 'seed' | 'emit'>,
): Promise<SideBySide> {
  const { rows, pairs, timeoutMs = 5000 } = scenario;
  const { signal } = context;
  const batches = Array.from({ length: payloads }, (_, i) => a.batch(rows, context.seed + i));
  const [features, other] = [batches[0]?.features, b.batch(1, context.seed).features];
  if (features !== other)
    throw new InputError(
      `“${a.name}” takes ${features} features a row and “${b.name}” ${other}: the same requests cannot be sent to both.`,
      { code: 'E151' },
    );
  const requests = {
    a: batches.map((batch) => a.codec.encode(batch, a.model)),
    b: batches.map((batch) => b.codec.encode(batch, b.model)),
  };
  for (const [service, of] of [
    [a, requests.a],
    [b, requests.b],
  ] as const)
    await warmUp(service, of, timeoutMs, { ...context, budgetMs: 20_000 });
  const failures = { a: 0, b: 0 };
  const problems: { a: string | undefined; b: string | undefined } = { a: undefined, b: undefined };
  const times = { a: [] as number[], b: [] as number[] };
  const answers: { a: Float64Array; b: Float64Array }[] = [];
  for (let i = 0; i < pairs; i++) {
    signal.throwIfAborted();
    const at = i % payloads;
    const toA = () => a.send(requests.a[at]!, { timeoutMs, signal });
    const toB = () => b.send(requests.b[at]!, { timeoutMs, signal });
    const isFirstA = i % 2 === 0;
    const first = await (isFirstA ? toA() : toB());
    const second = await (isFirstA ? toB() : toA());
    signal.throwIfAborted();
    const [ofA, ofB] = isFirstA ? [first, second] : [second, first];
    for (const [side, answer] of [
      ['a', ofA],
      ['b', ofB],
    ] as const) {
      if (answer.outcome === 'ok') continue;
      failures[side]++;
      problems[side] ??= answer.problem ?? answer.outcome;
    }
    if (ofA.outcome !== 'ok' || ofB.outcome !== 'ok') continue;
    times.a.push(ofA.doneMs - ofA.sentMs);
    times.b.push(ofB.doneMs - ofB.sentMs);
    // The batches come again: what was compared once need not be kept again.
    if (i < payloads && ofA.predictions?.length === ofB.predictions?.length && ofA.predictions && ofB.predictions)
      answers.push({ a: ofA.predictions, b: ofB.predictions });
  }
  const [sortedA, sortedB] = [sortedCopy(times.a), sortedCopy(times.b)];
  const both = (q: number): Times => ({ a: quantile(sortedA, q), b: quantile(sortedB, q) });
  return {
    pairs: times.a.length,
    failures,
    problems,
    timesMs: times.a.length >= leastPairs ? { p50: both(0.5), p95: both(0.95) } : undefined,
    agreement: predictionAgreement(answers),
  };
}
