// Experiments in virtual time: nothing but arithmetic, the same figures on every machine.
import {
  batchQuantileInterval,
  createRandom,
  exceedanceBound,
  permutationTest,
  quantile,
  sequentialQuantileInterval,
  sortedCopy,
} from '@preopen/core';
import { LatencyRecorder, StageTimes, stageBreakdown, steadyState } from '@preopen/latency';
import { arrivalTimesMs, effectiveSamplesAbove, fitScalabilityLaw, lawPerSecond, searchCapacity } from '@preopen/load';
import { judgeBreakdown, judgePlans, planOf, plans, stageNames } from './stage-plans.mjs';
import {
  correlation,
  exponential,
  gapsOf,
  ksDistance,
  md1WaitMs,
  mean,
  mm1Ms,
  p,
  percent,
  simulate,
  take,
  variationOf,
  within,
} from './statistics.mjs';

/** A recorder of requests to a server that stands still for a second in ten; `connections` bounds who is sent at a time. */
function stalledRecorder(connections) {
  const serviceMs = 0.05;
  const recorder = new LatencyRecorder();
  const busyUntil = new Float64Array(connections);
  let free = 0;
  let next = 0;
  for (let i = 0; i < 60_000; i++) {
    const due = i + 0.5;
    const slot = recorder.schedule(due);
    const sent = Math.max(due, busyUntil[next]);
    let start = Math.max(sent, free);
    if (start % 10_000 >= 5000 && start % 10_000 < 6000) start = Math.floor(start / 10_000) * 10_000 + 6000;
    free = start + serviceMs;
    recorder.sent(slot, sent);
    recorder.done(slot, free, 'ok');
    busyUntil[next] = free;
    next = (next + 1) % connections;
  }
  return recorder;
}

/** What a search for the capacity of a queue finds, seed for seed. */
async function capacities({ seeds, limitMs, truth, requests, startPerSecond, responseTimes }) {
  const errors = [];
  let covered = 0;
  let most = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    let turn = 0;
    const { estimate, rates } = await searchCapacity({
      startPerSecond,
      allowedShare: 0.05,
      precision: 0.01,
      probe: async (rate, effort) => {
        const times = responseTimes(rate, Math.round(requests * effort), seed * 100 + turn++);
        const quarter = times.length >> 2;
        const last = p(times.slice(-quarter), 0.5);
        return {
          offeredPerSecond: rate,
          shareAbove: times.filter((ms) => ms > limitMs).length / times.length,
          effectiveSamples: effectiveSamplesAbove(times, limitMs),
          exceedance: exceedanceBound(times, limitMs),
          requests: times.length,
          ...(last > 3 * p(times.slice(0, quarter), 0.5) && last > limitMs ? { overloaded: 'grows' } : {}),
        };
      },
    });
    most = Math.max(most, rates.length);
    if (!estimate) continue;
    errors.push(Math.abs(estimate.perSecond / truth - 1));
    if (estimate.low <= truth && truth <= estimate.high) covered++;
  }
  return { errors, covered, most, seeds };
}

/** Share of wrong verdicts on a queue at 70 % load whose true P95 is so far above its limit, or below it. */
function wrongVerdicts(runs) {
  const truth = mm1Ms(0.95, 1000, 700);
  const rows = [-0.1, -0.05, -0.03, 0.03, 0.05, 0.1].map((off) => ({ off, wrong: 0 }));
  for (let seed = 0; seed < runs; seed++) {
    const times = simulate(700, exponential(1000), 80_000, 500_000 + seed);
    const looks = [10_000, 20_000, 40_000, 80_000].flatMap((requests, i) => {
      const values = times.subarray(0, requests);
      const result = sequentialQuantileInterval({ values, q: 0.95, look: i + 1, maxLooks: 4 });
      return 'interval' in result ? [result.interval] : [];
    });
    for (const row of rows) {
      const limit = truth / (1 + row.off);
      const decided = looks.find(({ low, high }) => high < limit || low >= limit);
      if (decided && decided.high < limit !== row.off < 0) row.wrong++;
    }
  }
  return rows.map(({ off, wrong }) => ({ off, share: wrong / runs }));
}

export const virtualExperiments = [
  {
    id: 'V1',
    title: 'stall: one second in ten is charged to every request due during it',
    run: () => {
      const of = (recorder, view, q) => p(recorder.durationsMs(view, { failedMs: 0 }), q);
      const open = stalledRecorder(256);
      const closed = stalledRecorder(10);
      // Source: the quantile of a stall of S in T at load ρ is S − (1 − q) T (1 − ρ); 1000 requests a second of 0.05 ms.
      const rows = [0.95, 0.99, 0.999].map((q) => ({
        ours: of(open, 'response', q),
        truth: 1000 - (1 - q) * 10_000 * 0.95,
        q,
      }));
      const uncorrected = of(closed, 'service', 0.95);
      return {
        pass:
          rows.every(({ ours, truth, q }) => within(ours, truth, q === 0.95 ? 0.03 : 0.01)) &&
          within(of(open, 'response', 1), 1000, 0.01) &&
          uncorrected < 0.1 * of(closed, 'response', 0.95),
        figures: `${rows.map(({ q, ours, truth }) => `P${q * 100} ${ours.toFixed(1)} (closed form ${truth.toFixed(1)}) ms`).join(', ')}; over ten connections, uncorrected, P95 ${uncorrected.toFixed(2)} ms`,
      };
    },
  },
  {
    id: 'V2',
    title: 'arrivals: the schedule is a Poisson process',
    run: () => {
      let passed = 0;
      let same = 0;
      let worst = 0;
      const seeds = 20;
      for (let seed = 1; seed <= seeds; seed++) {
        const times = () => [
          ...take(arrivalTimesMs({ kind: 'poisson', ratePerSecond: 200 }, createRandom(seed, 'a')), 100_001),
        ];
        const first = times();
        const gaps = gapsOf(first);
        const variation = variationOf(gaps);
        worst = Math.max(worst, Math.abs(variation - 1));
        // 1.63 / √n is the distance that true exponential gaps pass in 1 % of the cases.
        if (ksDistance(gaps) < 1.63 / Math.sqrt(gaps.length) && Math.abs(variation - 1) <= 0.01) passed++;
        if (times().every((time, i) => time === first[i])) same++;
      }
      return {
        pass: passed >= 19 && same === seeds,
        figures: `${passed} of ${seeds} seeds pass KS at 1 % and have a variation of 1 ± 0.01 (the worst is ${worst.toFixed(4)} off); ${same} come out the same again`,
      };
    },
  },
  {
    id: 'V3',
    title: 'M/D/1: mean wait',
    run: () => {
      const errors = [0.3, 0.5, 0.7].map(
        (load) => (mean(simulate(500 * load, () => 2, 1_000_000, 1)) - 2) / md1WaitMs(load, 2) - 1,
      );
      return {
        pass: errors.every((error) => Math.abs(error) <= 0.01),
        figures: `errors at 30, 50, 70 % load: ${errors.map((error) => percent(error)).join(', ')}`,
      };
    },
  },
  {
    id: 'V4',
    title: 'M/M/1: percentiles of the response',
    run: () => {
      const errors = [0.5, 0.7].flatMap((load) => {
        const times = sortedCopy(simulate(1000 * load, exponential(1000), 1_000_000, 2));
        return [0.5, 0.95, 0.99].map((q) => quantile(times, q) / mm1Ms(q, 1000, 1000 * load) - 1);
      });
      return {
        pass: errors.every((error) => Math.abs(error) <= 0.02),
        figures: `errors of P50, P95, P99 at 50 and 70 % load: ${errors.map((error) => percent(error)).join(', ')}`,
      };
    },
  },
  {
    id: 'V5',
    title: 'capacity: M/M/1 with μ = 1000/s sustains 700.4/s under P95 < 10 ms, 900.1/s under 30 ms',
    run: async ({ few }) => {
      const mm1 = (rate, requests, seed) => simulate(rate, exponential(1000), requests, seed);
      const seeds = few ? 5 : 100;
      const common = { seeds, startPerSecond: 300, responseTimes: mm1 };
      const low = await capacities({ ...common, limitMs: 10, truth: 1000 + Math.log(0.05) / 0.01, requests: 80_000 });
      // The higher the load, the longer a queue remembers, and the longer a probe must be for the same precision.
      const high = await capacities({
        ...common,
        seeds: few ? 2 : 20,
        limitMs: 30,
        truth: 1000 + Math.log(0.05) / 0.03,
        requests: 160_000,
      });
      // Slow between 350 and 550/s and fast again above: it sustains what is below 350/s, and up to 700.4/s otherwise. Where
      // a search begins decides which of the two edges it finds; nothing between them may come out.
      const band = (rate, requests, seed) =>
        simulate(rate, exponential(rate > 350 && rate < 550 ? 560 : 1000), requests, seed);
      const edges = [350, 1000 + Math.log(0.05) / 0.01];
      const ends = [];
      for (const startPerSecond of [120, 300, 450, 600, 650]) {
        const odd = await capacities({
          ...common,
          seeds: 1,
          startPerSecond,
          limitMs: 10,
          truth: 1,
          requests: 20_000,
          responseTimes: band,
        });
        ends.push(1 + (odd.errors[0] ?? Number.NaN));
      }
      const offEdge = Math.max(...ends.map((end) => Math.min(...edges.map((edge) => Math.abs(end / edge - 1)))));
      const isMet = ({ errors, covered, most, seeds: of }) =>
        p(errors, 0.95) <= 0.01 && covered >= 0.93 * of && errors.length === of && most <= 12;
      const told = ({ errors, covered, most, seeds: of }) =>
        `median error ${percent(p(errors, 0.5))}, P95 ${percent(p(errors, 0.95))}, interval holds it in ${covered} of ${of}, at most ${most} probes`;
      return {
        pass: isMet(low) && isMet(high) && offEdge <= 0.03,
        figures: `10 ms: ${told(low)}; 30 ms: ${told(high)}; not monotone: at most ${percent(offEdge)} from an edge`,
      };
    },
  },
  {
    id: 'V8',
    title: 'intervals: 95 % of M/M/1 intervals hold the true P95 and P99; verdicts are right',
    run: ({ few }) => {
      const runs = few ? 100 : 1000;
      // Long enough that an interval is given: the higher the load, the longer a queue remembers.
      const rows = [
        { load: 0.5, requests: 20_000 },
        { load: 0.7, requests: 40_000 },
        { load: 0.8, requests: 80_000 },
      ].flatMap(({ load, requests }) => {
        const found = [0.95, 0.99].map((q) => ({ load, q, given: 0, covered: 0 }));
        for (let seed = 0; seed < runs; seed++) {
          const times = simulate(1000 * load, exponential(1000), requests, 9000 + seed);
          for (const row of found) {
            const result = batchQuantileInterval(times, row.q);
            if (!('interval' in result)) continue;
            const truth = mm1Ms(row.q, 1000, 1000 * load);
            row.given++;
            if (result.interval.low <= truth && truth <= result.interval.high) row.covered++;
          }
        }
        return found;
      });
      const wrong = wrongVerdicts(runs);
      // Fewer runs say less: the mark is widened by what chance alone does to the share of that many.
      const chance = few ? 2 * Math.sqrt((0.95 * 0.05) / runs) : 0;
      return {
        pass:
          rows.every(
            ({ covered, given }) =>
              covered / given >= 0.93 - chance && covered / given <= 0.98 + chance && given >= 0.95 * runs,
          ) && wrong.every(({ share }) => share <= 0.01),
        figures: `${rows.map(({ load, q, covered, given }) => `ρ ${load} P${q * 100}: ${percent(covered / given, 1)} of ${given}`).join(', ')}; wrong verdicts with the truth ${wrong.map(({ off, share }) => `${percent(off, 0)} off: ${percent(share, 1)}`).join(', ')}`,
      };
    },
  },
  {
    id: 'V10',
    title: 'merge: four recorders with different clocks are one',
    run: () => {
      const random = createRandom(1, 'merge');
      const offsets = [0, 250, -1000, 3];
      const whole = new LatencyRecorder();
      const parts = offsets.map(() => new LatencyRecorder());
      for (let i = 0; i < 50_000; i++) {
        const took = 5 * random.exponential();
        whole.done(whole.schedule(i), i + took, 'ok');
        const lane = random.integer(4);
        parts[lane].done(parts[lane].schedule(i + offsets[lane]), i + offsets[lane] + took, 'ok');
      }
      const merged = LatencyRecorder.merge(
        parts,
        offsets.map((offset) => -offset),
      );
      const [a, b] = [whole, merged].map((recorder) => recorder.durationsMs('response', { failedMs: 0 }));
      const same = a.every((value, i) => Math.abs(value - b[i]) < 1e-9);
      return {
        pass: same && merged.ledger().ok === 50_000,
        figures: `${merged.ledger().ok} requests, P99 ${p(b, 0.99).toFixed(6)} and ${p(a, 0.99).toFixed(6)} ms`,
      };
    },
  },
  {
    id: 'V11',
    title: 'steady state: settling in is cut off, drift and shifts are flagged, a steady run is not',
    run: () => {
      const runs = 300;
      // Independent times around 10 ms, sent 100 a second for two minutes, with something planted in their level.
      const requests = 12_000;
      const simulated = (seed, levelAt) => {
        const random = createRandom(seed, 'steady');
        return Float64Array.from(
          { length: requests },
          (_, i) => 10 * levelAt(i / 100) * Math.exp(0.2 * random.normal()),
        );
      };
      const count = (levelAt, holds) => {
        let held = 0;
        for (let seed = 0; seed < runs; seed++) if (holds(steadyState(simulated(seed, levelAt)))) held++;
        return held / runs;
      };
      const flagged = ({ state }) => state === 'drift' || state === 'shift';
      const falseAlarms = count(() => 1, flagged);
      const drift = count((s) => 1 + (0.05 * s) / 60, flagged);
      const shift = count((s) => (s < 60 ? 1 : 1.05), flagged);
      // 3 τ ± τ at τ = 5 s: 10 to 20 s.
      const settling = count(
        (s) => 1 + 2 * Math.exp(-s / 5),
        ({ from }) => from >= 1000 && from <= 2000,
      );
      return {
        pass: falseAlarms <= 0.05 && drift >= 0.95 && shift >= 0.95 && settling >= 0.9,
        figures: `false alarms ${percent(falseAlarms)}, drift found ${percent(drift)}, shift found ${percent(shift)}, settling cut at 3τ ± τ in ${percent(settling)}`,
      };
    },
  },
  {
    id: 'V12',
    title: 'comparison: runs are the unit; a 5 % shift shows, none does not',
    run: () => {
      const random = createRandom(4, 'runs');
      const series = (shift) => Array.from({ length: 5 }, () => Math.log(100 * (1 + shift)) + 0.02 * random.normal());
      const rejects = (shift, pairs) => {
        let rejected = 0;
        for (let i = 0; i < pairs; i++) if (permutationTest(series(0), series(shift), { random }).p < 0.05) rejected++;
        return rejected / pairs;
      };
      const [alarms, power] = [rejects(0, 1000), rejects(0.05, 500)];
      return {
        pass: alarms <= 0.05 && power >= 0.9,
        figures: `false alarms ${percent(alarms)}, power ${percent(power)}`,
      };
    },
  },
  {
    id: 'V13',
    title: 'stages: the one that owns the tail is named, twenty times',
    run: () => {
      const judged = plans.map((plan, seed) => {
        const random = createRandom(seed, 'stages');
        const recorder = new LatencyRecorder();
        const times = new StageTimes();
        for (let i = 1; i <= 1500; i++) {
          const stages = planOf(plan, i);
          const networkMs = 0.1 + 0.05 * random.uniform();
          const slot = recorder.schedule(i * 40);
          recorder.sent(slot, i * 40);
          const endMs = i * 40 + networkMs + stageNames.reduce((sum, name) => sum + stages[name], 0);
          recorder.firstByte(slot, endMs);
          recorder.done(slot, endMs, 'ok');
          times.record(slot, new Map(Object.entries(stages)));
        }
        return judgeBreakdown(plan, stageBreakdown(recorder, times));
      });
      return judgePlans(judged);
    },
  },
  {
    id: 'V14',
    title: 'replay: a trace is a schedule with its own gaps, also when dealt to lanes',
    run: () => {
      const trace = [
        ...take(arrivalTimesMs({ kind: 'gamma', ratePerSecond: 100, variation: 1.5 }, createRandom(7, 'trace')), 1000),
      ];
      const played = [...arrivalTimesMs({ kind: 'trace', timesMs: trace }, createRandom(1, 'replay'))];
      const [a, b] = [gapsOf(trace), gapsOf(played)];
      return {
        pass: correlation(a, b) > 0.999 && within(mean(b), mean(a), 0.001),
        figures: `correlation of the gaps ${correlation(a, b).toFixed(5)}, total time ${percent(mean(b) / mean(a) - 1)} off`,
      };
    },
  },
  {
    id: 'V15',
    title: 'scalability law: planted λ, σ and κ are found again under 2 % noise',
    run: () => {
      const law = { lambda: 1000, sigma: 0.05, kappa: 0.002 };
      const names = Object.keys(law);
      const planted = Object.fromEntries(names.map((name) => [name, { value: law[name] }]));
      const sizes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48];
      const fits = (readings) =>
        Array.from({ length: 200 }, (_, seed) => {
          const random = createRandom(seed, 'law');
          return fitScalabilityLaw(
            Array.from({ length: readings }, () => sizes)
              .flat()
              .map((n) => ({ concurrency: n, perSecond: lawPerSecond(planted, n) * (1 + 0.02 * random.normal()) })),
          );
        });
      // One reading a size leaves chance in σ and κ: there the middle of the fits must be right, and their intervals hold
      // what was planted. With forty, where it leaves 1 % in σ, all but
      // one fit in twenty must be within the mark.
      const once = fits(1);
      const often = fits(40);
      const middle = names.map(
        (name) =>
          p(
            once.map((fit) => fit[name].value),
            0.5,
          ) /
            law[name] -
          1,
      );
      const holds = names.map((name) =>
        mean(once.map(({ [name]: { low, high } }) => Number(low <= law[name] && law[name] <= high))),
      );
      const worst = names.map((name) =>
        p(
          often.map((fit) => Math.abs(fit[name].value / law[name] - 1)),
          0.95,
        ),
      );
      const told = (values, digits) => values.map((value) => percent(value, digits)).join(', ');
      return {
        pass:
          middle.every((error) => Math.abs(error) <= 0.03) &&
          worst.every((error) => error <= 0.03) &&
          holds.every((share) => share >= 0.9),
        figures: `λ, σ, κ in the middle ${told(middle)} off, held by ${told(holds, 0)} of the intervals; with 40 readings a size 95 % of the fits are within ${told(worst)}`,
      };
    },
  },
];
