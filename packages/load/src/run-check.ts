import type { Check, CheckContext, CheckOutcome, Evidence, Measurement } from '@preopen/core';
import { errorRate, hdrText, hgrm, type LatencyRecorder, percentileMeasurement } from '@preopen/latency';
import { type AgentsWanted, runLoadOnAgents } from './agents/coordinator.ts';
import { type CapacityRequest, findCapacity } from './capacity.ts';
import { capacityMeasurement, capacityNotes, probeSeries } from './capacity-report.ts';
import type { ClosedLoadScenario } from './closed-lane.ts';
import { runClosedLoad } from './closed-load.ts';
import type { LoadScenario } from './load-result.ts';
import { isTooBusy, ledgerSentence, littleResidual, loadState, shortOfSockets } from './load-state.ts';
import { runLoad } from './run-load.ts';

/** What names a check of one's own. */
export interface CheckName {
  readonly id?: string;
  readonly title?: string;
}

/** … and who sends its load: agents on other machines, or this process. */
export interface RunOptions extends CheckName {
  readonly agents?: AgentsWanted | undefined;
}

const defaultTimeoutMs = 5000;
const never = new AbortController().signal;

async function keepHistograms(
  recorder: LatencyRecorder,
  timeoutMs: number,
  context: CheckContext,
): Promise<Evidence[]> {
  const { durationsMs, standFor } = recorder.spreadMs('response', { failedMs: timeoutMs });
  if (durationsMs.length === 0) return [];
  const response = standFor ?? durationsMs;
  return [
    await context.keep('response.hgrm', 'Response times, HdrHistogram percentile form', 'text/plain', hgrm(response)),
    await context.keep(
      'response.hdr.txt',
      'Response times in microseconds, HdrHistogram V2 compressed',
      'text/plain',
      await hdrText(response),
    ),
  ];
}

/** A check of one's own: one run of open-loop load, as for `preopen load` or a part of a config's suite. */
export function loadRun(
  scenario: Omit<LoadScenario, 'seed'> & { readonly durationMs: number },
  { id = 'load/run', title = 'Open-loop load', agents }: RunOptions = {},
): Check {
  const { timeoutMs = defaultTimeoutMs } = scenario;
  return {
    id,
    title,
    metrics: [
      'latency.response.*',
      'latency.service.*',
      'throughput.requests',
      'throughput.predictions',
      'errors.rate',
      ...(scenario.windows ?? []).map(({ name }) => `latency.${name}.*`),
    ],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => scenario.durationMs + 1000,
    timeoutMs: () => scenario.durationMs * 1.5 + timeoutMs + 30_000,
    async run(context) {
      const whole = { ...scenario, seed: context.seed };
      const here = { ...context, signal: never, endEarly: context.signal };
      const result = agents
        ? await runLoadOnAgents(context.service!, whole, { ...here, ...agents })
        : await runLoad(context.service!, whole, here);
      const { measurements, notMeasured, series, notes } = result;
      return {
        measurements,
        notMeasured,
        series,
        evidence: await keepHistograms(result.recorder, timeoutMs, context),
        notes,
      };
    },
  };
}

/** A check of one's own: concurrent users who each wait for their answer and think, as for `preopen load --users`. */
export function usersRun(
  scenario: Omit<ClosedLoadScenario, 'seed'>,
  { id = 'load/users', title = 'Concurrent users, closed loop' }: CheckName = {},
): Check {
  const { timeoutMs = defaultTimeoutMs, users, thinkMs = 0, durationMs } = scenario;
  const quantiles = [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const;
  return {
    id,
    title,
    metrics: [
      ...quantiles.map(([name]) => `latency.users.${name}`),
      'throughput.users',
      'throughput.requests',
      'errors.rate',
    ],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => durationMs + 1000,
    timeoutMs: () => durationMs * 1.5 + timeoutMs + 30_000,
    async run(context): Promise<CheckOutcome> {
      const load = await runClosedLoad(
        context.service!,
        { ...scenario, seed: context.seed },
        { ...context, signal: never, endEarly: context.signal },
      );
      const { recorder, ledger, elapsedMs, inFlightMs, utilisation } = load;
      const books = loadState({ recorder, inFlightMs });
      const short = shortOfSockets(load.problems);
      // A closed loop has no schedule to be late for; a thread without rest asks no faster, and the service might.
      const isBusy = isTooBusy(utilisation);
      const bound = isBusy ? ({ bound: 'at-least' } as const) : {};
      const sample = recorder.spreadMs('service', { failedMs: timeoutMs });
      const how = `closed loop, ${users} user${users === 1 ? '' : 's'}${thinkMs > 0 ? `, ${thinkMs} ms to think on average` : ' without pause'}`;
      const found = quantiles.map(([name, q]) =>
        percentileMeasurement({
          metric: `latency.users.${name}`,
          q,
          ...sample,
          censoredAtMs: timeoutMs,
          look: 1,
          maxLooks: 1,
          how,
        }),
      );
      const errors = errorRate('errors.rate', ledger);
      const measurements: Measurement[] = [
        ...found.filter((one): one is Measurement => 'value' in one),
        {
          metric: 'throughput.requests',
          value: load.completedPerSecond,
          unit: '1/s',
          samples: ledger.ok,
          how,
          ...bound,
        },
        ...(load.predictionsPerSecond > 0
          ? [
              {
                metric: 'throughput.users',
                value: load.predictionsPerSecond,
                unit: '1/s',
                samples: ledger.ok,
                how,
                ...bound,
              } as const,
            ]
          : []),
        ...(errors ? [errors] : []),
      ];
      if (books.state === 'inconsistent' || short !== undefined) {
        const reason = books.state === 'inconsistent' ? `inconsistent: ${books.reason}` : `generator-limited: ${short}`;
        return {
          measurements: [],
          notMeasured: measurements.map(({ metric }) => ({ metric, reason })),
          series: [],
          evidence: [],
          notes: [ledgerSentence(ledger), reason],
        };
      }
      return {
        measurements,
        notMeasured: found.filter((one): one is { metric: string; reason: string } => 'reason' in one),
        series: [],
        evidence: await keepHistograms(recorder, timeoutMs, context),
        notes: [
          ledgerSentence(ledger),
          `Generator: ${load.lanes === 0 ? 'this thread' : `${load.lanes} thread${load.lanes === 1 ? '' : 's'}`}, busy ${(utilisation * 100).toFixed(0)} % of the time. Little's law holds to ${(littleResidual(recorder, inFlightMs) * 100).toFixed(2)} %.`,
          ...(isBusy ? ['The thread that sends had no rest: the service may do more. Try --threads 2.'] : []),
          `${ledger.ok} answers, ${ledger.scheduled - ledger.ok - ledger.aborted} failures in ${(elapsedMs / 1000).toFixed(1)} s. A closed loop hides stalls: a slow answer holds back the next question. For a latency limit send at a rate.`,
        ],
      };
    },
  };
}

/** A check of one's own: the highest rate with P95 below a limit, as for `preopen load` without a rate. */
export function capacityRun(
  request: Omit<CapacityRequest, 'mayGoOn'> & { readonly budgetMs: number },
  { id = 'load/capacity-found', title = 'Highest rate that is sustained, open-loop', agents }: RunOptions = {},
): Check {
  const { rows, p95Ms, budgetMs } = request;
  return {
    id,
    title,
    metrics: ['throughput.requests', 'throughput.predictions'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => budgetMs,
    timeoutMs: () => budgetMs * 4 + 60_000,
    async run(context) {
      const capacity = await findCapacity(context.service!, request, {
        ...context,
        signal: never,
        endEarly: context.signal,
        ...(agents ? { agents } : {}),
      });
      const isModel =
        context.service!.codec.encode(context.service!.batch(rows, 1), context.service!.model).predictions > 0;
      const how = `${isModel ? `${rows} row${rows === 1 ? '' : 's'} a request, ` : ''}Poisson arrivals, P95 from the intended start below ${p95Ms} ms`;
      const found = [
        capacityMeasurement({ metric: 'throughput.requests', rows: 1, how }, capacity),
        ...(isModel ? [capacityMeasurement({ metric: 'throughput.predictions', rows, how }, capacity)] : []),
      ];
      return {
        measurements: found.filter((one): one is Measurement => 'value' in one),
        notMeasured: found.filter((one): one is { metric: string; reason: string } => 'reason' in one),
        series: [probeSeries('load.capacity', 'Rates that were tried', capacity.probes, isModel ? rows : 1)],
        evidence: [],
        notes: [
          ...(capacity.outcome === 'not-measured'
            ? []
            : [
                `A closed loop with ${request.concurrency} requests under way came to ${Math.round(capacity.saturationPerSecond).toLocaleString('en-US')} requests/s.`,
              ]),
          ...capacityNotes(capacity),
        ],
      };
    },
  };
}
