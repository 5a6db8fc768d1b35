import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  type Measurement,
  parseRequirement,
  type Requirement,
} from '@preopen/core';
import { boardMeasurements, boardMetrics } from './by-board.ts';
import { datasetTaiwanFaults } from './dataset-faults.ts';
import { rankingMeasurement, rankingMetric } from './degraded-ranking.ts';
import { findFrontier, frontierMeasurement, frontierMetric } from './frontier.ts';
import { firstViolation, type Invariant, invariantSentences, type Judged } from './invariants.ts';
import type { TaiwanMarket } from './market.ts';
import { judgeFault, type TrialRunner, trialRunner, whyNoPredictions } from './run-trials.ts';
import type { DatasetTaiwanFault, TaiwanFaultId } from './taiwan-fault.ts';

/** What every pipeline owes, whatever it is given. */
const alwaysOwed: readonly Invariant[] = ['survived', 'nonFinite', 'duplicated'];

/** The metric of an invariant under a fault: how often it did not hold. */
export const invariantMetric = (id: TaiwanFaultId, invariant: Invariant): string => `taiwan.${id}.${invariant}`;

/** What is judged of a pipeline under a fault; `ranking` is that of what it still predicts, whatever the fault. */
const owedUnder = ({ dataset }: DatasetTaiwanFault): Invariant[] => [
  ...new Set<Invariant>([...(dataset.isWrongData ? [] : alwaysOwed), ...dataset.judges, 'ranking']),
];

/** What is measured of a pipeline under a fault beside what is judged. */
const figuresUnder = ({ id, dataset }: DatasetTaiwanFault): string[] => [
  rankingMetric(id),
  ...(dataset.isByBoard ? boardMetrics(id) : []),
];

/** What not every pipeline shows: it need not state settlement days, nor rank so well that a loss could be proved. */
const optional: readonly Invariant[] = ['settlement', 'ranking'];

/** What was judged, as measurements and as reasons. */
export function judgedOutcome(
  id: TaiwanFaultId,
  invariants: readonly Invariant[],
  judged: readonly Judged[],
): { measurements: Measurement[]; notMeasured: { metric: string; reason: string }[] } {
  const measurements: Measurement[] = [];
  const notMeasured: { metric: string; reason: string }[] = [];
  for (const invariant of invariants) {
    const metric = invariantMetric(id, invariant);
    const found = judged.find((one) => one.invariant === invariant);
    if (found?.outcome !== 'judged') {
      const what = found?.needs ?? 'a target that gets so far: see what else was found under this fault';
      notMeasured.push({ metric, reason: `needs ${what}` });
      continue;
    }
    measurements.push({
      metric,
      value: found.violated,
      unit: 'count',
      samples: found.judged,
      how: found.example ?? `of ${found.judged}: ${invariantSentences[invariant]}`,
    });
  }
  return { measurements, notMeasured };
}

/** How a fault is to be tried. */
export interface TaiwanCheckOptions {
  readonly faults?: readonly DatasetTaiwanFault[];
  /** Intensity at which invariants are judged. Default 1. */
  readonly intensity?: number;
  /** Bisections for the frontier of a fault that is not borne whole; 0 for none. Default 3. */
  readonly frontierSteps?: number;
  readonly id?: string;
}

async function runFault(
  fault: DatasetTaiwanFault,
  { intensity, frontierSteps }: Required<Pick<TaiwanCheckOptions, 'intensity' | 'frontierSteps'>>,
  runner: TrialRunner,
  context: CheckContext,
): Promise<Pick<CheckOutcome, 'measurements' | 'notMeasured' | 'notes'>> {
  const { judged, rankings, byBoard, isRefused, notes } = await judgeFault(fault, intensity, runner, context);
  if (notes.length === 0) {
    const reason = 'needs a dataset that this can be done to: a universe with markets, a calendar, and references';
    const invariants = owedUnder(fault).map((one) => invariantMetric(fault.id, one));
    const metrics = [...invariants, ...figuresUnder(fault), frontierMetric(fault.id)];
    return { measurements: [], notMeasured: metrics.map((metric) => ({ metric, reason })), notes: [] };
  }
  const outcome = judgedOutcome(fault.id, owedUnder(fault), judged);
  const random = context.random(`taiwan/${fault.id}/ranking`);
  const ranking = rankingMeasurement(fault.id, rankings, random, isRefused);
  if ('reason' in ranking) outcome.notMeasured.push({ metric: rankingMetric(fault.id), reason: ranking.reason });
  else outcome.measurements.push(ranking);
  if (fault.dataset.isByBoard) {
    const ofBoards = boardMeasurements(fault.id, byBoard, random);
    outcome.measurements.push(...ofBoards.measurements);
    outcome.notMeasured.push(...ofBoards.notMeasured);
  }
  const isBorneHere = firstViolation(judged) === undefined;
  // Borne whole, the frontier is known; else it is looked for only where that was asked.
  if (frontierSteps === 0 && !(isBorneHere && intensity === 1)) return { ...outcome, notes };
  const frontier = await findFrontier(
    async (at) => {
      if (at === intensity) return firstViolation(judged);
      context.emit({ type: 'progress', message: `${fault.id} at intensity ${at}` });
      return firstViolation((await judgeFault(fault, at, runner, context)).judged);
    },
    { steps: frontierSteps },
  );
  return { ...outcome, measurements: [...outcome.measurements, frontierMeasurement(fault.id, frontier)], notes };
}

/**
 * Gives a pipeline the failures that the Taiwan market knows, in its dataset, each beside the same data without it, and judges
 * what it predicts.
 */
export function taiwanPipelineCheck(market: TaiwanMarket, options: TaiwanCheckOptions = {}): Check {
  const { faults = datasetTaiwanFaults, intensity = 1, frontierSteps = 3, id = 'failover/taiwan-pipeline' } = options;
  const metrics = faults.flatMap((fault) => [
    ...owedUnder(fault).map((invariant) => invariantMetric(fault.id, invariant)),
    ...figuresUnder(fault),
    ...(frontierSteps > 0 || intensity === 1 ? [frontierMetric(fault.id)] : []),
  ]);
  return {
    id,
    title: 'A pipeline is given the failures of the Taiwan market',
    metrics,
    needs: ['pipeline'],
    exclusive: ['pipeline'],
    expectedMs: () => 2000 + faults.length * 5000,
    timeoutMs: () => 1_800_000,
    async run(context) {
      const runner = await trialRunner(context, market);
      const unable = whyNoPredictions(await runner.run(runner.files));
      if (unable !== undefined) {
        const reason = `the pipeline fails without any fault: ${unable}`;
        const notMeasured = metrics.map((metric) => ({ metric, reason }));
        return { measurements: [], notMeasured, series: [], evidence: [], notes: [reason] };
      }
      const measurements: Measurement[] = [];
      const notMeasured: { metric: string; reason: string }[] = [];
      const notes: string[] = [];
      for (const [i, fault] of faults.entries()) {
        context.signal.throwIfAborted();
        context.emit({ type: 'progress', message: `${fault.id}: ${fault.title}`, fraction: i / faults.length });
        const found = await runFault(fault, { intensity, frontierSteps }, runner, context);
        measurements.push(...found.measurements);
        notMeasured.push(...(found.notMeasured ?? []));
        notes.push(...found.notes);
      }
      return { measurements, notMeasured, series: [], evidence: [], notes };
    },
  };
}

/** No invariant is violated under any of the faults. What not every pipeline shows is looked at and not required. */
export const taiwanPipelineRequirements = (): Requirement[] =>
  datasetTaiwanFaults.flatMap((fault) =>
    owedUnder(fault).map((invariant) =>
      parseRequirement(`${invariantMetric(fault.id, invariant)} <= 0`, {
        source: 'design',
        required: !optional.includes(invariant),
      }),
    ),
  );
