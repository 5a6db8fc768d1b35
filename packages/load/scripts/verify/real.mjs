// Experiments on real sockets. Each runs behind the noise gate of verify.mjs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@preopen/core';
import { arrivalTimesMs, findCapacity, runClosedLoad, runLoad } from '@preopen/load';
import { agentsExperiment } from './agents.mjs';
import { judgeBreakdown, judgePlans, plans, slowEvery } from './stage-plans.mjs';
import {
  correlation,
  dispersionOf,
  gapsOf,
  ksDistance,
  md1WaitMs,
  mean,
  mm1Ms,
  p,
  percent,
  queueTimes,
  take,
  within,
} from './statistics.mjs';

const responseMs = ({ recorder }) => recorder.durationsMs('response', { failedMs: 5000 });
const lagMs = ({ recorder }) => recorder.durationsMs('lag', { failedMs: 0 });
const json = (folder, file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** Open-loop load whose residual of Little's law is kept for V16. */
async function load(service, scenario, { context, residuals }) {
  const result = await runLoad(service, { batch: 1, seed: 1, ...scenario }, context);
  residuals.push(result.littleResidual);
  return result;
}

/**
 * What a service that takes one request at a time costs beside its own time: how long one occupies it, by the rate at
 * saturation, and how much longer its client sees it, by one user alone. At concurrency 1 the way there and back would be
 * taken for time in which the service cannot serve another, and the queue for shorter than it is.
 */
async function calibrate(service, { context }) {
  const saturated = await runClosedLoad(service, { users: 4, batch: 1, durationMs: 5000, seed: 1 }, context);
  const alone = await runClosedLoad(service, { users: 1, batch: 1, durationMs: 4000, seed: 1 }, context);
  return { saturated, alone, serviceMs: 1000 / saturated.completedPerSecond };
}

export const realExperiments = [
  {
    id: 'V1',
    title: 'stall: one second in ten is charged to every request due during it',
    run: ({ withService, ...own }) =>
      withService('stalling', async (service, folder) => {
        const scenario = { arrivals: { kind: 'constant', ratePerSecond: 1000 }, connections: 256 };
        const result = await load(service, { ...scenario, durationMs: 60_000 }, own);
        // The proof that the test bites: what a tool sees that counts from the sending, over ten connections.
        const few = await load(service, { ...scenario, connections: 10, durationMs: 20_000 }, own);
        await service.stop();
        // Truth from the service's own log: who is due during a stall waits until the service has come to all that were due before.
        // The first stall is left out: in it the connections are opened, which takes the service as long as the requests do.
        const offsetMs = own.context.clock.nowMs() - Number(process.hrtime.bigint()) / 1e6;
        const log = json(folder, 'stalls.json');
        const due = [...result.recorder.dueMs];
        const servedMs = log.at.map((ms) => ms + offsetMs).filter((ms) => ms >= due[0]);
        const firstEndMs = log.stalls.map(([, end]) => end + offsetMs).find((end) => end > due[0]);
        const from = due.findIndex((ms) => ms > firstEndMs + 2000);
        const truth = due.map((ms, turn) => servedMs[turn] - ms).slice(from);
        const response = responseMs(result).subarray(from);
        const rows = [0.95, 0.99, 0.999, 1].map((q) => ({ q, ours: p(response, q), truth: p(truth, q) }));
        const uncorrected = p(few.recorder.durationsMs('service', { failedMs: 5000 }), 0.95);
        const corrected = p(responseMs(few), 0.95);
        return {
          pass:
            rows.every(({ q, ours, truth: true_ }) => within(ours, true_, q === 0.95 ? 0.03 : 0.01)) &&
            uncorrected < 0.1 * corrected,
          figures: `${rows.map(({ q, ours, truth: true_ }) => `P${q * 100} ${ours.toFixed(1)} (true ${true_.toFixed(1)}) ms`).join(', ')}; over ten connections P95 ${corrected.toFixed(1)} ms, uncorrected ${uncorrected.toFixed(1)} ms`,
        };
      }),
  },
  {
    id: 'V2',
    title: 'arrivals: they reach the service as a Poisson process',
    run: ({ withService, ...own }) =>
      withService('arrivals', async (service, folder) => {
        const scenario = { arrivals: { kind: 'poisson', ratePerSecond: 200 }, durationMs: 27_000 };
        const result = await load(service, scenario, own);
        await service.stop();
        const times = json(folder, 'arrivals.json');
        const gaps = gapsOf(times);
        const n = gaps.length;
        const d = ksDistance(gaps);
        const allowed = Math.min(0.05, p(lagMs(result), 0.95) / mean(gaps) + 1.63 / Math.sqrt(n));
        const dispersions = [10, 100, 1000].map((windowMs) => dispersionOf(times, windowMs));
        const r = correlation(gaps.slice(1), gaps.slice(0, -1));
        const due = result.recorder.dueMs;
        const achieved = (due.at(-1) - due[0]) / (times.at(-1) - times[0]);
        return {
          pass:
            n >= 5000 &&
            times.length === result.ledger.scheduled &&
            d <= allowed &&
            dispersions.every(({ index, error }) => Math.abs(index - 1) <= 4 * error) &&
            Math.abs(r) < 0.02 + 2 / Math.sqrt(n) &&
            within(achieved, 1, 0.001),
          figures: `${times.length} arrivals, D = ${d.toFixed(4)} (allowed ${allowed.toFixed(4)}), dispersion in 10, 100, 1000 ms ${dispersions.map(({ index, error }) => `${((index - 1) / error).toFixed(1)}`).join(', ')} standard errors from 1, correlation of neighbours ${r.toFixed(4)}, achieved/offered ${achieved.toFixed(5)}; lag P50 ${result.generator.lagP50Ms.toFixed(3)}, P99 ${result.generator.lagP99Ms.toFixed(2)} ms`,
        };
      }),
  },
  {
    id: 'V3',
    title: 'M/D/1: mean wait of a service of 2 ms at 30, 50, 70 % load',
    run: ({ withService, ...own }) =>
      withService('deterministic', async (service) => {
        const { alone, serviceMs } = await calibrate(service, own);
        const base = mean(alone.recorder.durationsMs('service', { failedMs: 0 }));
        const rows = [];
        for (const share of [0.3, 0.5, 0.7]) {
          const scenario = { arrivals: { kind: 'poisson', ratePerSecond: (1000 * share) / serviceMs }, seed: 2 };
          const result = await load(service, { ...scenario, durationMs: 20_000 }, own);
          // The generator's own lag is in the response and not in the queue.
          const wait = mean(responseMs(result)) - mean(lagMs(result)) - base;
          // What this very schedule waits in a queue without noise, in place of the mean over all schedules.
          const truth = mean(queueTimes(result.recorder.dueMs, () => serviceMs)) - serviceMs;
          rows.push({ wait, truth, closed: md1WaitMs(share, serviceMs) });
        }
        return {
          pass: rows.every(({ wait, truth }) => within(wait, truth, 0.05)),
          figures: rows
            .map(
              ({ wait, truth, closed }) =>
                `wait ${wait.toFixed(3)} ms (this schedule ${truth.toFixed(3)}, closed form ${closed.toFixed(3)})`,
            )
            .join('; '),
        };
      }),
  },
  {
    id: 'V4',
    title: 'M/M/1: percentiles of the response of a service of exponential 2 ms at 50 and 70 % load',
    run: ({ withService, ...own }) =>
      withService('exponential', async (service, folder) => {
        const { saturated, alone, serviceMs } = await calibrate(service, own);
        const loads = [];
        for (const share of [0.5, 0.7]) {
          const scenario = { arrivals: { kind: 'poisson', ratePerSecond: (1000 * share) / serviceMs }, seed: 3 };
          loads.push(await load(service, { ...scenario, durationMs: 40_000 }, own));
        }
        await service.stop();
        const drawn = json(folder, 'drawn.json');
        // Who asked before: nothing of the service's is ours but its order.
        let from = 0;
        const next = (count) => {
          from += count;
          return drawn.slice(from - count, from);
        };
        const ofSaturated = next(saturated.ledger.scheduled - saturated.ledger.aborted);
        const ofAlone = next(alone.ledger.scheduled - alone.ledger.aborted);
        const extraMs = serviceMs - mean(ofSaturated);
        const wayMs = mean(alone.recorder.durationsMs('service', { failedMs: 0 })) - mean(ofAlone) - extraMs;
        const rows = loads.flatMap((result, i) => {
          const draws = next(result.ledger.scheduled);
          // What these very requests take in a queue without noise, in place of the mean over all draws.
          const exact = queueTimes(result.recorder.dueMs, (turn) => draws[turn] + extraMs).map((ms) => ms + wayMs);
          return [0.5, 0.95, 0.99].map((q) => ({
            q,
            share: [0.5, 0.7][i],
            ours: p(responseMs(result), q),
            truth: p(exact, q),
            closed: mm1Ms(q, 1000 / serviceMs, ([0.5, 0.7][i] * 1000) / serviceMs) + wayMs,
          }));
        });
        return {
          pass: drawn.length === from && rows.every(({ ours, truth }) => within(ours, truth, 0.05)),
          figures: rows
            .map(
              ({ q, share, ours, truth, closed }) =>
                `ρ ${share} P${q * 100} ${ours.toFixed(2)} ms (these requests ${truth.toFixed(2)}, closed form ${closed.toFixed(2)})`,
            )
            .join(', '),
        };
      }),
  },
  {
    id: 'V5',
    title: 'capacity: a service of exponential 2 ms under P95 < 20 ms',
    run: ({ withService, ...own }) =>
      withService('exponential', async (service) => {
        const { context } = own;
        const { alone, serviceMs } = await calibrate(service, own);
        const wayMs = Math.max(0, mean(alone.recorder.durationsMs('service', { failedMs: 0 })) - serviceMs);
        const truth = 1000 / serviceMs + (1000 * Math.log(0.05)) / (20 - wayMs);
        const request = { rows: 1, p95Ms: 20, probeMs: 4000, concurrency: 4, precision: 0.03, budgetMs: 150_000 };
        const capacity = await findCapacity(service, request, context);
        if (capacity.outcome !== 'found') return { figures: `${capacity.outcome}: ${capacity.reason ?? ''}` };
        const { perSecond, low, high } = capacity.estimate;
        return {
          pass: within(perSecond, truth, 0.04) && low <= truth && truth <= high && capacity.probes.length <= 12,
          figures: `${perSecond.toFixed(0)} /s (${low.toFixed(0)} to ${high.toFixed(0)}), closed form ${truth.toFixed(0)} /s, ${capacity.probes.length} probes`,
        };
      }),
  },
  {
    id: 'V6',
    title: 'lag: blocking the generator 50 ms each second is seen, and spoils the run',
    run: ({ withService, ...own }) =>
      withService('instant', async (service) => {
        const block = setInterval(() => {
          const end = performance.now() + 50;
          while (performance.now() < end);
        }, 1000);
        // Asking the clock all the time: a sleeping pacer's own tenth of a millisecond would stand beside the planted lag.
        const arrivals = { kind: 'constant', ratePerSecond: 500 };
        const scenario = { arrivals, durationMs: 20_000, lanes: 0, pacer: 'spin' };
        const result = await load(service, scenario, own);
        clearInterval(block);
        const lag = lagMs(result);
        const longest = Math.max(...lag);
        const service95 = p(result.recorder.durationsMs('service', { failedMs: 0 }), 0.95);
        return {
          pass:
            result.state === 'generator-limited' &&
            result.measurements.length === 0 &&
            Math.abs(longest - 50) <= 2 &&
            within(mean(lag), 1.25, 0.1) &&
            Math.max(...responseMs(result)) >= longest &&
            service95 < 5,
          figures: `${result.state}, longest lag ${longest.toFixed(1)} ms, mean ${mean(lag).toFixed(3)} ms (planted 1.25), service P95 ${service95.toFixed(2)} ms`,
        };
      }),
  },
  {
    id: 'V7',
    title: 'saturation: ten times what this machine can do is no statement about the service',
    alwaysJudged: true,
    run: ({ withService, few, context }) =>
      withService('instant', async (service) => {
        const saturating = { users: 64, batch: 1, durationMs: 1500, checkEvery: 16, seed: 1 };
        const roof = await runClosedLoad(service, saturating, context);
        const offered = roof.completedPerSecond * 10;
        const runs = few ? 5 : 100;
        let limited = 0;
        let most = 0;
        for (let i = 0; i < runs; i++) {
          const arrivals = { kind: 'poisson', ratePerSecond: offered };
          const shared = { arrivals, batch: 1, durationMs: 400, timeoutMs: 500, checkEvery: 16, lanes: i % 2, seed: i };
          const { state, reasons, measurements, ledger } = await runLoad(service, shared, context);
          if (state === 'generator-limited' && measurements.length === 0 && reasons.length > 0) limited++;
          most = Math.max(most, ledger.ok / 0.4 / offered);
        }
        return {
          pass: limited === runs,
          figures: `generator-limited, with its reason, in ${limited} of ${runs}; ${offered.toFixed(0)} /s offered, at most ${percent(most, 0)} of them answered in time`,
        };
      }),
  },
  {
    id: 'V9',
    title: 'censoring: requests that are never answered stay in the ledger and the tail',
    alwaysJudged: true,
    run: ({ withService, ...own }) =>
      withService('hanging', async (service) => {
        const scenario = { timeoutMs: 2000, connections: 256, limitMs: 2000, durationMs: 15_000 };
        const arrivals = { kind: 'constant', ratePerSecond: 100 };
        const result = await load(service, { ...scenario, arrivals }, own);
        const { scheduled, ok, timeout } = result.ledger;
        const p99 = result.measurements.find(({ metric }) => metric === 'latency.response.p99');
        // And one that is ended with requests in flight.
        const endEarly = AbortSignal.timeout(3000);
        const cut = await runLoad(service, { ...scenario, arrivals, batch: 1, seed: 1 }, { ...own.context, endEarly });
        const rest = cut.ledger;
        return {
          pass:
            scheduled === 1500 &&
            ok + timeout === scheduled &&
            timeout === 30 &&
            p99?.bound === 'at-least' &&
            p99.value >= 2000 &&
            rest.aborted > 0 &&
            rest.ok + rest.timeout + rest.aborted === rest.scheduled,
          figures: `${scheduled} = ${ok} ok + ${timeout} timed out; P99 ${p99?.bound} ${p99?.value.toFixed(0)} ms; ended early: ${rest.scheduled} = ${rest.ok} ok + ${rest.timeout} timed out + ${rest.aborted} cut off`,
        };
      }),
  },
  agentsExperiment,
  {
    id: 'V13',
    title: 'stages: the one that owns the tail is named, twenty times',
    run: ({ withService, ...own }) =>
      withService('staged', async (service) => {
        const judged = [];
        for (const [i, plan] of plans.entries()) {
          // Five slow ones, which are the slowest that are looked at, and a pace at which none waits for another.
          const scenario = { arrivals: { kind: 'constant', ratePerSecond: 25 }, batch: i + 1 };
          const result = await load(service, { ...scenario, durationMs: 40 * 5 * slowEvery + 20 }, own);
          judged.push(judgeBreakdown(plan, result.stages));
        }
        return judgePlans(judged);
      }),
  },
  {
    id: 'V14',
    title: 'replay: a trace is sent with its own gaps',
    run: ({ withService, ...own }) =>
      withService('instant', async (service) => {
        const random = createRandom(7, 'trace');
        const timesMs = [...take(arrivalTimesMs({ kind: 'gamma', ratePerSecond: 100, variation: 1.5 }, random), 1000)];
        const result = await load(service, { arrivals: { kind: 'trace', timesMs } }, own);
        const [a, b] = [gapsOf(timesMs), gapsOf([...result.recorder.dispatchedMs])];
        return {
          pass: correlation(a, b) > 0.999 && within(mean(b), mean(a), 0.001),
          figures: `correlation of the gaps ${correlation(a, b).toFixed(5)}, total time ${percent(mean(b) / mean(a) - 1)} off`,
        };
      }),
  },
  {
    id: 'V16',
    title: "Little's law on loaded services, in each of the runs above too",
    alwaysJudged: true,
    run: ({ withService, ...own }) =>
      withService('deterministic', async (service) => {
        const arrivals = { kind: 'poisson', ratePerSecond: 200 };
        await load(service, { arrivals, durationMs: 5000, lanes: 2, limitMs: 1000 }, own);
        const { residuals } = own;
        return {
          pass: residuals.every((residual) => residual < 0.02),
          figures: `residual at most ${percent(Math.max(...residuals), 3)} in ${residuals.length} runs`,
        };
      }),
  },
];
