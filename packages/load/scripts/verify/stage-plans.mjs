// Twenty services whose bottleneck is known: four stages, each the slow one five times, by 5 to 21 ms in one request of
// fifteen. Plain data and no imports: the planted service carries it too.
// Not decode and encode, which the host of the service measures itself.
export const stageNames = ['features', 'queue', 'compute', 'format'];
const usualMs = { features: 1, queue: 2, compute: 3, format: 1.5 };
export const slowEvery = 15;

export const plans = Array.from({ length: 20 }, (_, i) => ({
  bottleneck: stageNames[i % 4],
  extraMs: 5 + 4 * Math.floor(i / 4),
}));

/** What each stage of the n-th request takes under a plan. */
export function planOf(plan, n) {
  const stages = { ...usualMs };
  if (n % slowEvery === 0) stages[plan.bottleneck] += plan.extraMs;
  return stages;
}

/**
 * What the requests that a breakdown speaks of took by the service's own clock: what takes the processor from it in mid-stage
 * makes a stage longer than planted, and what delays an answer on its way makes another request one of the slowest. The middle
 * tenth and the five slowest, chosen by the client's own times.
 * @param told the stages of each request, in the order of the sending
 * @param responseMs of each request, in that order too
 */
export function measuredBy(told, responseMs) {
  const ascending = told.map((stages, i) => ({ stages, ms: responseMs[i] })).sort((a, b) => a.ms - b.ms);
  const { length } = ascending;
  const middle = ascending.slice(Math.floor(length * 0.45), Math.ceil(length * 0.55));
  const of = (chosen) =>
    Object.fromEntries(
      stageNames.map((name) => [name, chosen.reduce((sum, { stages }) => sum + stages[name], 0) / chosen.length]),
    );
  return { usual: of(middle), slow: of(ascending.slice(-length / slowEvery)) };
}

/**
 * Whether a breakdown says what was planted: each stage within 3 %, the sum within 1 %, the bottleneck by its name.
 * @param truth what the stages of these requests took, where the service measured it; else what was planted
 */
export function judgeBreakdown(plan, breakdown, truth = { usual: planOf(plan, 1), slow: planOf(plan, slowEvery) }) {
  if (!breakdown) return { isNamed: false, worst: Number.POSITIVE_INFINITY, sumOff: Number.POSITIVE_INFINITY };
  const { stages, tailMs, medianMs } = breakdown;
  const { usual, slow } = truth;
  const errors = stageNames.flatMap((name) => {
    const found = stages.find(({ stage }) => stage === name);
    return found ? [found.medianMs / usual[name] - 1, found.tailMs / slow[name] - 1] : [Number.POSITIVE_INFINITY];
  });
  const sum = (key) => stages.reduce((total, stage) => total + stage[key], 0);
  return {
    isNamed:
      stages.find(({ side }) => side === 'server')?.stage === plan.bottleneck && stages[0].stage === plan.bottleneck,
    worst: Math.max(...errors.map(Math.abs)),
    sumOff: Math.max(Math.abs(sum('medianMs') / medianMs - 1), Math.abs(sum('tailMs') / tailMs - 1)),
  };
}

/** Puts twenty judgements together. */
export function judgePlans(judged) {
  const named = judged.filter(({ isNamed }) => isNamed).length;
  const worst = Math.max(...judged.map((one) => one.worst));
  const sumOff = Math.max(...judged.map((one) => one.sumOff));
  return {
    pass: named === judged.length && worst <= 0.03 && sumOff <= 0.01,
    figures: `named in ${named} of ${judged.length}; stages at most ${(worst * 100).toFixed(2)} % off, their sum ${(sumOff * 100).toFixed(2)} %`,
  };
}
