import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  type InferenceBatch,
  type Measurement,
  meanInterval,
  orderStatisticInterval,
  parseRequirement,
  quantile,
  type Random,
  type Requirement,
} from '@preopen/core';
import { isSame } from '../data/predictions-file.ts';
import { findFrontier, frontierMeasurement } from './frontier.ts';
import { firstViolation, type Invariant, type Judged, judgeEach, judgeOne, notJudged } from './invariants.ts';
import type { TaiwanMarket } from './market.ts';
import { judgedOutcome } from './pipeline-check.ts';
import { drawn, grown, type TaiwanFault } from './taiwan-fault.ts';

const timeoutMs = 5000;
/** Times a cross-section is asked to see its P95: the fewest of which an interval for it has two ends. */
const timedRequests = 80;
/** The specification's limit on P95, at the full cross-section. */
const limitMs = 100;
/** The specification’s least throughput, in predictions a second. */
const leastPerSecond = 1500;
/** Rounds of requests by which the throughput is told, and how many are under way at a time. */
const rounds = { count: 8, requests: 10, underWay: 4 };
/** Rows that get a twin. */
const twins = 8;
const judges: readonly Invariant[] = ['refused', 'nonFinite', 'tied', 'outOfOrder', 'slow'];

/** A failure scenario that comes in the cross-sections that a service is asked. */
export interface RequestTaiwanFault extends TaiwanFault {
  /** Rows are not there: predictions a second would tell of their number and not of the service. */
  readonly isPartial?: true;
  /** @param intensity 0 gives the rows as they are */
  perturb(batch: InferenceBatch, request: { intensity: number; random: Random; market: TaiwanMarket }): InferenceBatch;
}

/** Some rows as a cross-section in distress has them, the others as they were. */
function struckRows(
  id: string,
  batch: InferenceBatch,
  { intensity, random, market }: { intensity: number; random: Random; market: TaiwanMarket },
): InferenceBatch {
  const scenario = market.crossSections.find((one) => one.id === id);
  if (!scenario) throw new Error(`the market that was handed in has no cross-section “${id}”`);
  const stressed = scenario.perturb(batch, random);
  const values = Float64Array.from(batch.values);
  const { features } = batch;
  for (const row of drawn([...Array(batch.rows).keys()], grown(batch.rows, intensity), random))
    values.set(stressed.values.subarray(row * features, (row + 1) * features), row * features);
  return { ...batch, values };
}

/** Rows in another order, or some of them again. @param rows the row that stands at each place */
function selected(batch: InferenceBatch, rows: readonly number[]): InferenceBatch {
  const { features, stocks } = batch;
  const values = new Float64Array(rows.length * features);
  rows.forEach((row, at) => {
    values.set(batch.values.subarray(row * features, (row + 1) * features), at * features);
  });
  return { rows: rows.length, features, values, ...(stocks ? { stocks: rows.map((row) => stocks[row]!) } : {}) };
}

/** The failure scenarios that a service sees in its requests. */
export const requestTaiwanFaults: readonly RequestTaiwanFault[] = [
  {
    id: 'tw-02',
    title: 'One exchange is silent, the other goes on',
    story: 'The cross-section holds the rows of one board alone: fewer than usual, down to a single one.',
    intensity: 'share of the rows that are not there',
    isPartial: true,
    perturb: (batch, { intensity }) =>
      selected(batch, [...Array(Math.max(1, batch.rows - grown(batch.rows, intensity))).keys()]),
  },
  {
    id: 'tw-04',
    title: 'The feed sends things again',
    story: 'Rows come up to five times in one cross-section.',
    intensity: 'share of rows that come again',
    perturb(batch, { intensity, random }) {
      const rows = [...Array(batch.rows).keys()];
      const again = drawn(rows, grown(batch.rows, intensity), random);
      return selected(batch, [...rows, ...again.flatMap((row) => Array<number>(1 + random.integer(4)).fill(row))]);
    },
  },
  {
    id: 'tw-06',
    title: 'The market opens locked limit-down',
    story:
      'Seven rows in ten are drawn towards one and the same extreme row, as when 1,702 stocks were locked on 2025-04-07.',
    intensity: 'share of the rows that the cascade reaches',
    perturb: (batch, request) => struckRows('limitDown', batch, request),
  },
  {
    id: 'tw-08',
    title: 'A storm of interruptions, and the highest prices',
    story: 'Four rows in ten hold zeros alone, as features of stocks without a trade come out.',
    intensity: 'share of the rows that the storm reaches',
    perturb: (batch, request) => struckRows('haltStorm', batch, request),
  },
  {
    id: 'tw-15',
    title: 'Prices fall and rise by corporate actions alone',
    story: 'A third of the rows jump by eight standard deviations in a third of their features.',
    intensity: 'share of the rows that the actions reach',
    perturb: (batch, request) => struckRows('gaps', batch, request),
  },
];

/** Milliseconds that a cross-section takes, asked again and again, one after the other; what was not answered took the time-out. */
async function timesOf(batch: InferenceBatch, { service, signal }: CheckContext): Promise<Float64Array> {
  const request = service!.codec.encode(batch, service!.model);
  const tookMs = new Float64Array(timedRequests);
  for (let i = 0; i < timedRequests; i++) {
    const { outcome, sentMs, doneMs } = await service!.send(request, { timeoutMs, signal });
    signal.throwIfAborted();
    tookMs[i] = outcome === 'connect' || outcome === 'timeout' ? timeoutMs : doneMs - sentMs;
  }
  return tookMs.sort();
}

/** Violated only where the whole interval of the P95 is beyond the limit. @param tookMs ascending */
function judgeSlow(tookMs: Float64Array): Judged {
  const p95Ms = quantile(tookMs, 0.95);
  const isSlow = orderStatisticInterval(tookMs, 0.95).low > limitMs;
  return judgeOne('slow', isSlow ? `P95 is ${p95Ms.toFixed(0)} ms; the limit is ${limitMs} ms` : undefined);
}

/** Predictions a second in each of some rounds, with a few requests under way at a time; what is not answered counts for none. */
async function ratesOf(batch: InferenceBatch, { service, signal, clock }: CheckContext): Promise<Float64Array> {
  const request = service!.codec.encode(batch, service!.model);
  const rates = new Float64Array(rounds.count);
  for (let round = 0; round < rounds.count; round++) {
    const startMs = clock.nowMs();
    let [left, predictions] = [rounds.requests, 0];
    const askOn = async (): Promise<void> => {
      while (left-- > 0) {
        const { outcome } = await service!.send(request, { timeoutMs, signal });
        signal.throwIfAborted();
        if (outcome === 'ok') predictions += batch.rows;
      }
    };
    await Promise.all(Array.from({ length: rounds.underWay }, askOn));
    rates[round] = (1000 * predictions) / Math.max(clock.nowMs() - startMs, 1e-3);
  }
  return rates;
}

/** Violated only where the whole interval of the throughput is below the limit. */
function judgeThroughput(rates: Float64Array): Judged {
  const { mean, interval } = meanInterval(rates);
  return judgeOne(
    'tooFew',
    interval.high < leastPerSecond
      ? `${mean.toFixed(0)} predictions are made a second; ${leastPerSecond} are asked`
      : undefined,
  );
}

/** Predictions a second of a cross-section in distress. */
function throughputMeasurement(id: string, rates: Float64Array): Measurement {
  const { mean, interval } = meanInterval(rates);
  return {
    metric: throughputMetric(id),
    value: mean,
    unit: '1/s',
    samples: rates.length,
    interval,
    how: `of the struck cross-section, ${rounds.underWay} requests under way at a time`,
  };
}

/** P95 of a cross-section in distress. @param tookMs ascending */
const p95Measurement = (id: string, tookMs: Float64Array): Measurement => ({
  metric: p95Metric(id),
  value: quantile(tookMs, 0.95),
  unit: 'ms',
  samples: tookMs.length,
  interval: orderStatisticInterval(tookMs, 0.95),
  how: 'of the struck cross-section, asked one request after the other',
});

/** What a struck cross-section showed. */
interface Asked {
  readonly judged: readonly Judged[];
  /** Ascending; empty where it was not answered. */
  readonly tookMs: Float64Array;
  /** Empty where it was not answered, or rows are not there. */
  readonly rates: Float64Array;
}

async function judgeRequests(
  fault: RequestTaiwanFault,
  intensity: number,
  context: CheckContext,
  market: TaiwanMarket,
): Promise<Asked> {
  const service = context.service!;
  const random = context.random(`taiwan/${fault.id}/requests`);
  const rows = context.scale.stocks;
  const ask = async (batch: InferenceBatch) =>
    service.send(service.codec.encode(batch, service.model), { timeoutMs, signal: context.signal });
  const batch = fault.perturb(service.batch(rows, context.seed), { intensity, random, market });
  const first = await ask(batch);
  const second = await ask(batch);
  context.signal.throwIfAborted();
  const refused = judgeOne(
    'refused',
    first.outcome === 'ok' || first.outcome === 'non-finite'
      ? undefined
      : `${first.outcome}: ${first.problem ?? first.status}`,
  );
  const predictions = first.predictions;
  if (!predictions) return { judged: [refused], tookMs: new Float64Array(), rates: new Float64Array() };
  const finite = judgeEach('nonFinite', predictions.entries(), ([row, value]) =>
    Number.isFinite(value) ? undefined : `row ${row + 1} of ${batch.rows} is predicted as ${value}`,
  );
  const tookMs = await timesOf(batch, context);
  const rates = fault.isPartial ? new Float64Array() : await ratesOf(batch, context);
  const pace = [judgeSlow(tookMs), ...(fault.isPartial ? [] : [judgeThroughput(rates)])];
  const isRepeatable = second.predictions?.every((value, row) => isSame(value, predictions[row]!)) ?? false;
  if (!isRepeatable) {
    const need = 'a service that answers the same request alike twice';
    const unknown = [notJudged('tied', need), notJudged('outOfOrder', need)];
    return { judged: [refused, finite, ...pace, ...unknown], tookMs, rates };
  }
  const all = [...Array(batch.rows).keys()];
  // Twins stand at the end, far from whom they are twins of: a rank by position would part them.
  const twinned = drawn(all, twins, random);
  const withTwins = (await ask(selected(batch, [...all, ...twinned]))).predictions;
  const order = drawn(all, all.length, random);
  const shuffled = (await ask(selected(batch, order))).predictions;
  context.signal.throwIfAborted();
  const judged = [
    refused,
    finite,
    ...pace,
    withTwins
      ? judgeEach('tied', twinned.entries(), ([at, row]) => {
          const [one, other] = [withTwins[row]!, withTwins[all.length + at]!];
          return isSame(one, other)
            ? undefined
            : `row ${row + 1} is predicted as ${one} and the same row at the end as ${other}`;
        })
      : judgeOne('tied', 'the same rows with some of them twice are not answered'),
    shuffled
      ? judgeEach('outOfOrder', order.entries(), ([at, row]) =>
          isSame(shuffled[at]!, predictions[row]!)
            ? undefined
            : `row ${row + 1} is predicted as ${predictions[row]}, and as ${shuffled[at]} where the rows stand in another order`,
        )
      : judgeOne('outOfOrder', 'the same rows in another order are not answered'),
  ];
  return { judged, tookMs, rates };
}

/** Names of the metrics: apart from those of pipelines, since a target may be both. */
const named = ({ metric }: { metric: string }): string => metric.replace(/^(taiwan\.tw-\d+)\./, '$1.service.');

/** How a service is to be tried. */
export interface TaiwanServiceOptions {
  readonly faults?: readonly RequestTaiwanFault[];
  readonly intensity?: number;
  readonly frontierSteps?: number;
  readonly id?: string;
}

const unanswered = 'needs a service that answers the cross-section';
const p95Metric = (id: string): string => `taiwan.${id}.service.p95`;

const throughputMetric = (id: string): string => `taiwan.${id}.service.throughput`;

/** What is judged of a service under a fault. */
const judgedUnder = ({ isPartial }: RequestTaiwanFault): readonly Invariant[] =>
  isPartial ? judges : [...judges, 'tooFew'];

const metricsOf = (fault: RequestTaiwanFault): string[] =>
  [...judgedUnder(fault), 'p95', ...(fault.isPartial ? [] : ['throughput']), 'frontier'].map(
    (name) => `taiwan.${fault.id}.service.${name}`,
  );

/**
 * Asks a service the cross-sections of the Taiwan market's failures: finite predictions, the same ones for the same rows,
 * wherever they stand.
 */
export function taiwanServiceCheck(market: TaiwanMarket, options: TaiwanServiceOptions = {}): Check {
  const { faults = requestTaiwanFaults, intensity = 1, frontierSteps = 4, id = 'failover/taiwan-service' } = options;
  return {
    id,
    title: 'A service is asked the cross-sections of the Taiwan market’s failures',
    metrics: faults
      .flatMap(metricsOf)
      .filter((metric) => frontierSteps > 0 || intensity === 1 || !metric.endsWith('.frontier')),
    needs: ['service'],
    exclusive: ['service'],
    expectedMs: () => 15_000,
    timeoutMs: () => 300_000,
    async run(context): Promise<CheckOutcome> {
      const measurements: Measurement[] = [];
      const notMeasured: { metric: string; reason: string }[] = [];
      const notes: string[] = [];
      for (const fault of faults) {
        context.emit({ type: 'progress', message: `${fault.id}: ${fault.title}` });
        const { judged, tookMs, rates } = await judgeRequests(fault, intensity, context, market);
        const outcome = judgedOutcome(fault.id, judgedUnder(fault), judged);
        measurements.push(...outcome.measurements.map((one) => ({ ...one, metric: named(one) })));
        notMeasured.push(...outcome.notMeasured.map((one) => ({ ...one, metric: named(one) })));
        if (tookMs.length > 0) measurements.push(p95Measurement(fault.id, tookMs));
        else notMeasured.push({ metric: p95Metric(fault.id), reason: unanswered });
        if (rates.length > 0) measurements.push(throughputMeasurement(fault.id, rates));
        else if (!fault.isPartial) notMeasured.push({ metric: throughputMetric(fault.id), reason: unanswered });
        const why = firstViolation(judged);
        notes.push(`${fault.id} at intensity ${intensity}: ${why ?? 'borne'}.`);
        // Borne whole, the frontier is known; else it is looked for only where that was asked.
        if (frontierSteps === 0 && !(why === undefined && intensity === 1)) continue;
        const frontier = await findFrontier(
          async (at) =>
            at === intensity ? why : firstViolation((await judgeRequests(fault, at, context, market)).judged),
          { steps: frontierSteps },
        );
        const found = frontierMeasurement(fault.id, frontier);
        measurements.push({ ...found, metric: named(found) });
      }
      return { measurements, notMeasured, series: [], evidence: [], notes };
    },
  };
}

/** No invariant is violated in any of the cross-sections. */
export const taiwanServiceRequirements = (): Requirement[] =>
  requestTaiwanFaults.flatMap((fault) =>
    judgedUnder(fault).map((invariant) =>
      parseRequirement(`taiwan.${fault.id}.service.${invariant} <= 0`, { source: 'design' }),
    ),
  );
