// Experiments on real sockets. Each runs behind the noise gate of verify.mjs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@preopen/core';
import { arrivalTimesMs, findCapacity, runClosedLoad, runLoad } from '@preopen/load';
import { agentsExperiment } from './agents.mjs';
import { loadFromBlocked, plantedLagMs } from './blocked-generator.mjs';
import { servedInTurn, trueCapacity, trueResponseMs, typicalSeed } from './served.mjs';
import { sharpness } from './sharpness.mjs';
import { judgeBreakdown, judgePlans, measuredBy, plans, slowEvery } from './stage-plans.mjs';
import { toleranceMs } from './stalls.mjs';
import {
  correlation,
  dispersionOf,
  gapsOf,
  ksDistance,
  md1WaitMs,
  mean,
  mg1WaitMs,
  mm1Ms,
  p,
  percent,
  take,
  variationOf,
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

/** What the planted queues take a request by their plan, and about what a turn of their event loop takes beside it. */
const plannedMs = 2.1;

/** Whether a planted queue kept its order: two that come within microseconds may change places, and no more. */
const isInTurn = ({ outOfTurn, busyMs }) => outOfTurn <= 0.01 * busyMs.length;

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
        const windowsMs = [10, 100, 1000];
        const dispersions = windowsMs.map((windowMs) => dispersionOf(times, windowMs));
        const r = correlation(gaps.slice(1), gaps.slice(0, -1));
        const due = [...result.recorder.dueMs];
        const inErrors = ({ index, error }) => ((index - 1) / error).toFixed(1);
        const { least, most, error } = dispersionOf(due, windowsMs[0]);
        const scheduled = windowsMs.map((windowMs) => dispersionOf(due, windowMs));
        const achieved = (due.at(-1) - due[0]) / (times.at(-1) - times[0]);
        return {
          pass:
            n >= 5000 &&
            times.length === result.ledger.scheduled &&
            d <= allowed &&
            dispersions.every(({ index, error }) => Math.abs(index - 1) <= 4 * error) &&
            Math.abs(r) < 0.02 + 2 / Math.sqrt(n) &&
            within(achieved, 1, 0.001),
          figures: `${times.length} arrivals, D = ${d.toFixed(4)} (allowed ${allowed.toFixed(4)}), dispersion in 10, 100, 1000 ms ${dispersions.map(inErrors).join(', ')} standard errors from 1 (the schedule’s own ${scheduled.map(inErrors).join(', ')}; by where its windows of ${windowsMs[0]} ms begin ${inErrors({ index: least, error })} to ${inErrors({ index: most, error })}), correlation of neighbours ${r.toFixed(4)}, achieved/offered ${achieved.toFixed(5)}; lag P50 ${result.generator.lagP50Ms.toFixed(3)}, P99 ${result.generator.lagP99Ms.toFixed(2)} ms`,
        };
      }),
  },
  {
    id: 'V3',
    title: 'M/D/1: mean wait of a service of 2 ms at 30, 50, 70 % load',
    run: ({ withService, ...own }) =>
      withService('deterministic', async (service, folder) => {
        const loads = [];
        for (const share of [0.3, 0.5, 0.7]) {
          const [ratePerSecond, durationMs] = [(1000 * share) / plannedMs, 30_000];
          const seed = typicalSeed(ratePerSecond, durationMs, plannedMs);
          loads.push(await load(service, { arrivals: { kind: 'poisson', ratePerSecond }, durationMs, seed }, own));
        }
        await service.stop();
        const log = servedInTurn(json(folder, 'served.json'), own.context);
        const rows = loads.map((result) => {
          const served = log.of(result);
          const serviceMs = mean(served.busyMs) + served.gapMs;
          const { dueMs } = result.recorder;
          const share = (serviceMs * dueMs.length) / (dueMs.at(-1) - dueMs[0]);
          const besideMs = mean(served.busyMs) + served.reachMs + served.backMs;
          return {
            isInTurn: isInTurn(served),
            outOfTurn: served.outOfTurn,
            share,
            serviceMs,
            wait: mean(responseMs(result)) - besideMs,
            exact: mean(trueResponseMs(dueMs, served)) - besideMs,
            // What takes the processor from the service in mid-request makes D no longer constant, and each wait longer, as the
            // closed form for any service has it; for a constant one it is that of M/D/1.
            variation: variationOf(served.busyMs),
            closed: mg1WaitMs(share, serviceMs, variationOf(served.busyMs)),
            constant: md1WaitMs(share, serviceMs),
          };
        });
        return {
          pass: log.areAllTaken && rows.every(({ wait, exact, isInTurn }) => isInTurn && within(wait, exact, 0.05)),
          figures: rows
            .map(
              ({ share, serviceMs, variation, wait, exact, closed, constant, outOfTurn }) =>
                `load ${percent(share, 1)} of D ${serviceMs.toFixed(3)} ms that vary by ${percent(variation, 1)}: wait ${wait.toFixed(3)} ms, ${percent(wait / exact - 1, 1)} off these requests in a queue, ${percent(wait / closed - 1, 1)} off the closed form for such a service, ${percent(wait / constant - 1, 1)} off that of a constant one, ${outOfTurn} out of turn`,
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
        const loads = [];
        for (const share of [0.5, 0.7]) {
          const arrivals = { kind: 'poisson', ratePerSecond: (1000 * share) / plannedMs };
          loads.push(await load(service, { arrivals, durationMs: 40_000, seed: 3 }, own));
        }
        await service.stop();
        const log = servedInTurn(json(folder, 'served.json'), own.context);
        const rows = loads.flatMap((result) => {
          const served = log.of(result);
          const { dueMs } = result.recorder;
          // What these very requests take in a queue without noise, in place of the percentiles over all draws.
          const exact = trueResponseMs(dueMs, served);
          const serviceMs = mean(served.busyMs) + served.gapMs;
          const ratePerSecond = (1000 * dueMs.length) / (dueMs.at(-1) - dueMs[0]);
          return [0.5, 0.95, 0.99].map((q) => ({
            q,
            isInTurn: isInTurn(served),
            outOfTurn: served.outOfTurn,
            share: (ratePerSecond * serviceMs) / 1000,
            ours: p(responseMs(result), q),
            truth: p(exact, q),
            closed: mm1Ms(q, 1000 / serviceMs, ratePerSecond) + served.reachMs + served.backMs,
          }));
        });
        return {
          pass: log.areAllTaken && rows.every(({ ours, truth, isInTurn }) => isInTurn && within(ours, truth, 0.05)),
          figures: rows
            .map(
              ({ q, share, ours, truth, closed, outOfTurn }) =>
                `load ${percent(share, 1)} P${q * 100} ${ours.toFixed(2)} ms, ${percent(ours / truth - 1, 1)} off (these requests ${truth.toFixed(2)}, closed form ${closed.toFixed(2)}), ${outOfTurn} out of turn`,
            )
            .join(', '),
        };
      }),
  },
  {
    id: 'V5',
    title: 'capacity: a service of exponential 2 ms under P95 < 20 ms',
    run: ({ withService, ...own }) =>
      withService('exponential', async (service, folder) => {
        const { context } = own;
        // How long the way to the service and back is, and how much a request takes it beside what was drawn.
        const arrivals = { kind: 'poisson', ratePerSecond: 500 / plannedMs };
        const before = await load(service, { arrivals, durationMs: 15_000 }, own);
        const request = { rows: 1, p95Ms: 20, probeMs: 10_000, concurrency: 4, precision: 0.04, budgetMs: 150_000 };
        const capacity = await findCapacity(service, request, context);
        await service.stop();
        if (capacity.outcome !== 'found') return { figures: `${capacity.outcome}: ${capacity.reason ?? ''}` };
        const log = json(folder, 'served.json');
        const { gapMs, reachMs, backMs } = servedInTurn(log, context).of(before);
        const servicesMs = log.to.map((ms, i) => ms - log.from[i] + gapMs);
        const serviceMs = mean(servicesMs);
        const limitMs = 20 - reachMs - backMs;
        const truth = trueCapacity(servicesMs, limitMs);
        const closed = 1000 / serviceMs + (1000 * Math.log(0.05)) / limitMs;
        const { perSecond, low, high } = capacity.estimate;
        return {
          pass: within(perSecond, truth, 0.04) && low <= truth && truth <= high && capacity.probes.length <= 12,
          figures: `${perSecond.toFixed(0)} /s (${low.toFixed(0)} to ${high.toFixed(0)}), ${percent(perSecond / truth - 1, 1)} off ${truth.toFixed(1)} /s, what a queue of these service times holds (${serviceMs.toFixed(3)} ms on average, which vary by ${percent(variationOf(servicesMs), 0)}), ${percent(perSecond / closed - 1, 1)} off the closed form for exponential ones, ${capacity.probes.length} probes`,
        };
      }),
  },
  {
    id: 'V6',
    title: 'lag: blocking the generator 50 ms each second is seen, and spoils the run',
    run: ({ withService, ...own }) =>
      withService('instant', async (service) => {
        // Asking the clock all the time: a sleeping pacer's own tenth of a millisecond would stand beside the planted lag.
        const arrivals = { kind: 'constant', ratePerSecond: 500 };
        const scenario = { arrivals, batch: 1, seed: 1, durationMs: 20_000, lanes: 0, pacer: 'spin' };
        const { state, measurements, littleResidual, blocks, stalls, times } = await loadFromBlocked(service, scenario);
        own.residuals.push(littleResidual);
        // What the planter planted by its own clock: a block can be longer than 50 ms, and its requests are then later.
        const planted = plantedLagMs(times.dueMs, blocks);
        const longestPlanted = Math.max(...planted);
        const longest = Math.max(...times.lag);
        // Beside it, of those that are due in a block: what is beyond that was due when nothing was planted.
        const longestInBlock = Math.max(...times.lag.filter((_, i) => planted[i] > 0));
        const service95 = p(times.service, 0.95);
        // What was lost to the longest is the machine's own standstill, which is no lag that anybody planted, or can keep from.
        const dueMs = times.dueMs[times.lag.indexOf(longest)];
        const lostMs = Math.max(
          0,
          ...stalls.filter(({ fromMs, toMs }) => fromMs < dueMs + longest && toMs > dueMs).map((stall) => stall.lostMs),
        );
        const isLost = lostMs > toleranceMs;
        const pass =
          state === 'generator-limited' &&
          measurements === 0 &&
          Math.abs(longestPlanted - 50) <= 2 &&
          Math.abs(longest - 50) <= 2 &&
          within(mean(times.lag), 1.25, 0.1) &&
          within(mean(times.lag), mean(planted), 0.1) &&
          Math.max(...times.response) >= longest &&
          service95 < 5;
        return {
          ...(pass || !isLost ? { pass } : {}),
          figures: `${state}, longest lag ${longest.toFixed(1)} ms (planted ${longestPlanted.toFixed(1)}; ${longestInBlock.toFixed(1)} of those due in a block), mean ${mean(times.lag).toFixed(3)} ms (planted ${mean(planted).toFixed(3)}), service P95 ${service95.toFixed(2)} ms${isLost ? `: the machine itself stood still for ${lostMs.toFixed(1)} ms` : ''}`,
        };
      }),
  },
  {
    id: 'V7',
    title:
      'saturation: ten times what the generator can send is no statement about the service; half of what both can do is one',
    alwaysJudged: true,
    run: ({ withService, undisturbed, few, context }) =>
      withService('instant', async (service, _folder, { ownPids }) => {
        const send = (ratePerSecond, requests, seed) => {
          const arrivals = { kind: 'poisson', ratePerSecond };
          const durationMs = (1000 * requests) / ratePerSecond;
          const shared = { batch: 1, durationMs, timeoutMs: 500, checkEvery: 16, lanes: seed % 2, seed };
          return runLoad(service, { arrivals, ...shared }, context);
        };
        // What the generator can send: how fast it lets requests go that are all overdue, whether or not the service answers them. It
        // is ten times what the service answers and more: at ten times what is answered the generator may well keep its schedule, and
        // that the service does not is then a true statement. The best of some turns, from this thread and from one of its own, and
        // of all that follow: where it did more in a run than was known of it before, that run was not ten times beyond it, and is
        // made again.
        const letGoPerSecond = ({ recorder: { dispatchedMs } }) =>
          (1000 * (dispatchedMs.length - 1)) / (dispatchedMs.at(-1) - dispatchedMs[0]);
        const enough = 50_000;
        let roofPerSecond = 0;
        for (let seed = 0; seed < 6; seed++) {
          roofPerSecond = Math.max(roofPerSecond, letGoPerSecond(await send(1e7, enough, seed)));
        }
        const runs = few ? 5 : 100;
        let [judged, repeated] = [0, 0];
        const others = [];
        while (judged < runs && repeated < runs) {
          const result = await send(10 * roofPerSecond, enough, judged);
          const { state, reasons, measurements, ledger } = result;
          if (letGoPerSecond(result) > roofPerSecond) {
            roofPerSecond = letGoPerSecond(result);
            repeated++;
            continue;
          }
          judged++;
          if (state === 'generator-limited' && measurements.length === 0 && reasons.length > 0) continue;
          others.push(
            `${state}, ${measurements.length} measurements, ${ledger.ok} of ${ledger.scheduled} answered${reasons.map((reason) => `, ${reason}`).join('')}`,
          );
        }
        // The other side: a rule that refuses everything would pass as well. Stretches as long as a probe of the capacity check, each
        // behind the noise gate: that other work on the machine made the generator late is no fault of the rule's.
        const saturating = { users: 64, batch: 1, durationMs: 1500, checkEvery: 16, seed: 1 };
        let bestPerSecond = 0;
        for (let turn = 0; turn < 3; turn++) {
          const { completedPerSecond } = await runClosedLoad(service, saturating, context);
          bestPerSecond = Math.max(bestPerSecond, completedPerSecond);
        }
        const easyRuns = few ? 0 : 20;
        const probeSeconds = 2;
        const refused = [];
        let [stated, unseen] = [0, 0];
        for (let seed = 0; seed < easyRuns; seed++) {
          const result = await undisturbed(ownPids, () =>
            send(bestPerSecond / 2, (probeSeconds * bestPerSecond) / 2, seed),
          );
          if (!result) unseen++;
          else if (result.state === 'valid') stated++;
          else refused.push(`${result.state}: ${result.reasons[0]}`);
        }
        const limited = judged - others.length;
        const easyFigures = few
          ? ''
          : `; a statement in ${stated} of ${easyRuns} stretches of ${probeSeconds} s at ${(bestPerSecond / 2).toFixed(0)} /s, half of what a closed loop of 64 came to${refused.map((one) => `; ${one}`).join('')}${unseen > 0 ? `; ${unseen} were disturbed each time` : ''}`;
        return {
          pass: judged < runs || unseen > 0 ? undefined : others.length === 0 && refused.length <= easyRuns / 10,
          figures: `generator-limited, with its reason, in ${limited} of ${judged} at ${(roofPerSecond * 10).toFixed(0)} /s, ten times what was let go at most; ${repeated} made again, which had shown that the generator can do more${others.map((other) => `; ${other}`).join('')}${easyFigures}`,
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
      withService('staged', async (service, folder) => {
        const loads = [];
        for (const i of plans.keys()) {
          // Five slow ones, which are the slowest that are looked at, and a pace at which none waits for another.
          const scenario = { arrivals: { kind: 'constant', ratePerSecond: 25 }, batch: i + 1 };
          const result = await load(service, { ...scenario, durationMs: 40 * 5 * slowEvery + 20 }, own);
          loads.push(result);
        }
        await service.stop();
        const told = json(folder, 'stages.json');
        const measured = told.map((stages, i) => measuredBy(stages, responseMs(loads[i])));
        const judgeAll = (truth) => judgePlans(plans.map((plan, i) => judgeBreakdown(plan, loads[i].stages, truth[i])));
        const judgement = judgeAll(measured);
        const byPlan = judgeAll([]);
        const areAllTold = told.every((stages, i) => stages.length === loads[i].ledger.ok);
        return {
          pass: judgement.pass && areAllTold,
          figures: `${judgement.figures} by the service's own log of these requests; by what was planted, ${byPlan.figures}`,
        };
      }),
  },
  {
    id: 'V14',
    title: 'replay: a trace is sent with its own gaps',
    run: ({ withService, ...own }) =>
      withService('instant', async (service) => {
        const random = createRandom(7, 'trace');
        const timesMs = [...take(arrivalTimesMs({ kind: 'gamma', ratePerSecond: 100, variation: 1.5 }, random), 1000)];
        // The witnesses: what a thread gets of the same trace that does nothing but look at the clock, and one that sleeps until each
        // time. Where the former misses the mark, before or after, the machine itself stands still too often for anybody, and the
        // pacer is not judged; the latter tells what of the lateness is the machine's waking.
        const before = await sharpness(timesMs, 'asking');
        const asleep = await sharpness(timesMs, 'sleeping');
        const replay = async (pacer) => {
          const result = await load(service, { arrivals: { kind: 'trace', timesMs }, pacer }, own);
          const gaps = gapsOf([...result.recorder.dispatchedMs]);
          return {
            correlation: correlation(gapsOf(timesMs), gaps),
            longestMs: Math.max(...lagMs(result)),
            time: mean(gaps) / mean(gapsOf(timesMs)) - 1,
            busy: result.generator.utilisation,
          };
        };
        const kept = await replay('sleep');
        const spun = await replay('spin');
        const after = await sharpness(timesMs, 'asking');
        const isAble = Math.min(before.correlation, after.correlation) > 0.999;
        const passes = kept.correlation > 0.999 && Math.abs(kept.time) <= 0.001;
        const said = ({ correlation, longestMs }) =>
          `${correlation.toFixed(5)} (at most ${longestMs.toFixed(1)} ms late)`;
        return {
          ...(passes || isAble ? { pass: passes } : {}),
          figures: `correlation of the gaps ${said(kept)}, total time ${percent(kept.time)} off, thread busy ${percent(kept.busy, 0)}; with the spinning pacer ${said(spun)}; a thread that only looked at the clock came to ${said(before)} before and ${said(after)} after it, one that slept until each time to ${said(asleep)}${isAble ? '' : ': the machine stood still'}`,
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
