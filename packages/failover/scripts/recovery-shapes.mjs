// Recoveries whose true moment is known, in virtual time: 250 requests a second with gamma-shaped response times, a fault from
// 10 to 12 s, and then one of five ways back, or no fault at all. Sizes and lengths are drawn afresh for each seed.
import { createRandom } from '@preopen/core';
import { baselineOf, recoveryOf } from '@preopen/failover';

const ratePerSecond = 250;
const faultMs = 10_000;
const undoMs = 12_000;
const endMs = 45_000;

/** A response time with a mean of 8 ms and a tail: gamma of shape 4, as a sum of four exponentials. */
const responseMs = (random) => {
  let product = 1;
  for (let i = 0; i < 4; i++) product *= 1 - random.uniform();
  return -2 * Math.log(product);
};

const between = (random, low, high) => low + (high - low) * random.uniform();

/**
 * Each shape draws its size and says, for a request due so long after the undo, how it fares; `trueMs` is when it is within
 * tolerance again, `undefined` for never.
 */
export const shapes = {
  step: (random) => {
    const lengthMs = between(random, 1000, 9000);
    const factor = between(random, 1.6, 4);
    return { trueMs: lengthMs, at: (ms) => (ms < lengthMs ? { factor } : {}) };
  },
  decay: (random) => {
    const tauMs = between(random, 600, 2500);
    const size = between(random, 2, 6);
    // Within tolerance from where the median is less than a millisecond and a tenth above: of 7.3 ms.
    return { trueMs: tauMs * Math.log(size / (1 / 7.34)), at: (ms) => ({ factor: 1 + size * Math.exp(-ms / tauMs) }) };
  },
  flapping: (random) => {
    const periodMs = between(random, 700, 1500);
    const flaps = 3 + random.integer(4);
    const lastMs = (flaps - 1) * 2 * periodMs + periodMs;
    const isBad = (ms) => ms < lastMs && Math.floor(ms / periodMs) % 2 === 0;
    return { trueMs: lastMs, at: (ms) => (isBad(ms) ? { failing: true } : {}) };
  },
  tail: (random) => {
    const lengthMs = between(random, 2000, 8000);
    const tail = between(random, 0.15, 0.3);
    return { trueMs: lengthMs, at: (ms) => (ms < lengthMs ? { tail } : {}) };
  },
  residual: (random) => {
    const factor = between(random, 1.35, 1.8);
    return { trueMs: undefined, at: () => ({ factor }) };
  },
  'no fault': () => ({ trueMs: 0, isFaultless: true, at: () => ({}) }),
};

/** What the estimator says of one drawn recovery, beside the truth. Milliseconds from the undo. */
export function oneRecovery(shape, seed) {
  const { trueMs, at, isFaultless } = shapes[shape](createRandom(seed, `shape/${shape}`));
  const random = createRandom(seed, `requests/${shape}`);
  const count = Math.floor((endMs * ratePerSecond) / 1000);
  const dueMs = new Float64Array(count);
  const doneMs = new Float64Array(count);
  const good = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const due = (i * 1000) / ratePerSecond;
    const isInFault = due >= faultMs && due < undoMs && !isFaultless;
    const { factor = 1, failing = isInFault, tail = 0 } = due < undoMs ? {} : at(due - undoMs);
    const slow = random.uniform() < tail ? 4 : 1;
    dueMs[i] = due;
    doneMs[i] = due + responseMs(random) * factor * slow;
    good[i] = failing ? 0 : 1;
  }
  const log = { count, dueMs, doneMs, good };
  const found = recoveryOf(log, baselineOf(log, 3000, faultMs), { faultMs, undoMs, endMs });
  return { trueMs, foundMs: found.timeToSteadyStateMs, outageMs: found.outageMs, between: found.steadyBetweenMs };
}

/** All that the seeds of one shape give. */
export function manyRecoveries(shape, seeds) {
  const runs = seeds.map((seed) => oneRecovery(shape, seed));
  const errorsMs = runs
    .filter(({ trueMs, foundMs }) => trueMs !== undefined && foundMs !== undefined)
    .map(({ trueMs, foundMs }) => foundMs - trueMs)
    .sort((a, b) => a - b);
  return {
    shape,
    runs: runs.length,
    medianErrorMs: errorsMs[errorsMs.length >> 1],
    fromMs: errorsMs[0],
    toMs: errorsMs.at(-1),
    earlyBeyondSecond: errorsMs.filter((error) => error < -1000).length,
    never: runs.filter(({ trueMs, foundMs }) => trueMs !== undefined && foundMs === undefined).length,
    recoveredFromResidual: runs.filter(({ trueMs, foundMs }) => trueMs === undefined && foundMs !== undefined).length,
    covered: runs.filter(({ trueMs, foundMs, between: { low, high } }) =>
      trueMs === undefined ? foundMs === undefined : low <= trueMs && trueMs <= high,
    ).length,
  };
}
