import { createRandom, type Measurement, type Results } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../src/compare/compare-runs.ts';
import { judgeSideBySide } from '../src/compare/side-by-side.ts';
import { decideTwoBuilds, fitWithTrend, sideAt } from '../src/compare/two-builds.ts';
import { aFullRun } from './support/certified.ts';

const random = createRandom(7, 'compare');
const digestOf = (build: string): string => `sha256:${build.repeat(64).slice(0, 64)}`;

/** A run of a build, the nth to be made, with latencies as given. */
function aRunOf(build: '0' | '1', n: number, p95: number, rest: Partial<Results> = {}): Results {
  const measured: Partial<Measurement> = {
    value: p95,
    interval: { low: p95 * 0.98, high: p95 * 1.02, confidence: 0.95, method: 'x' },
  };
  const run = aFullRun({ 'latency.inference.p95': measured });
  const startedAt = new Date(Date.parse('2026-01-05T00:00:00Z') + n * 60_000).toISOString();
  return {
    ...run,
    run: { ...run.run, id: `run ${n}`, startedAt },
    target: { ...run.target, digest: digestOf(build) },
    ...rest,
  };
}

/** Runs of both builds in the order base, head, head, base, …; the head's latency is changed by `effect`. */
function builds(perSide: number, effect: number, spread = 0.01): { base: Results[]; head: Results[] } {
  const base: Results[] = [];
  const head: Results[] = [];
  for (let n = 0; n < 2 * perSide; n++) {
    const isHead = sideAt(n) === 1;
    const p95 = 60 * (isHead ? 1 + effect : 1) * Math.exp(spread * random.normal());
    (isHead ? head : base).push(aRunOf(isHead ? '1' : '0', n, p95));
  }
  return { base, head };
}

const p95Of = ({ metrics }: ReturnType<typeof compareRuns>) =>
  metrics.find(({ metric }) => metric === 'latency.inference.p95');

describe('the effect of a side', () => {
  it('is what least squares gives with drift taken out, by hand', () => {
    // value = 3 + 0.5 · side + 0.1 · order, without noise.
    const side = Array.from({ length: 10 }, (_, i) => sideAt(i));
    const fit = fitWithTrend(
      side.map((s, i) => 3 + 0.5 * s + 0.1 * i),
      side,
    );
    expect(fit.effect).toBeCloseTo(0.5, 12);
    expect(fit.degreesOfFreedom).toBe(7);
    expect(fit.standardError).toBeCloseTo(0, 9);
  });
});

describe('two builds', () => {
  it('that differ by 20 % are worse one way and better the other', () => {
    const { base, head } = builds(8, 0.2);
    expect(compareRuns(base, head).verdict).toBe('worse');
    expect(p95Of(compareRuns(base, head))?.effect?.value).toBeCloseTo(0.2, 1);
    const swapped = compareRuns(head, base);
    expect(p95Of(swapped)?.verdict).toBe('better');
    expect(p95Of(swapped)?.effect?.value).toBeCloseTo(1 / 1.2 - 1, 1);
  });
  it('that are the same are shown to be the same, drift or not', () => {
    const { base, head } = builds(8, 0);
    expect(p95Of(compareRuns(base, head))?.verdict).toBe('same');
    const drifting = (runs: Results[]): Results[] =>
      runs.map((results) => {
        const n = Number(results.run.id.split(' ')[1]);
        return aRunOf(results.target.digest === digestOf('1') ? '1' : '0', n, 60 * 1.01 ** n);
      });
    expect(p95Of(compareRuns(drifting(base), drifting(head)))?.verdict).toBe('same');
  });
  it('below five runs a side are unsure, whatever the figures', () => {
    const { base, head } = builds(4, 1);
    const found = compareRuns(base, head);
    expect(found.verdict).toBe('unsure');
    expect(found.reasons[0]).toContain('at least 5');
  });
  it('measured base first and head after are unsure, with the reason', () => {
    const base = Array.from({ length: 8 }, (_, n) => aRunOf('0', n, 60 * 1.01 ** n));
    const head = Array.from({ length: 8 }, (_, n) => aRunOf('1', n + 8, 60 * 1.01 ** (n + 8)));
    const found = compareRuns(base, head);
    expect(found.verdict).toBe('unsure');
    expect(found.reasons[0]).toContain('base, head, head, base');
  });
  it('are not held against each other on another machine, suite or dataset: all differences are named at once', () => {
    const { base, head } = builds(5, 0.5);
    const moved = head.map((run) => ({
      ...run,
      environment: { ...run.environment, cores: 64 },
      dataset: { ...run.dataset, digest: digestOf('9') },
    }));
    expect(() => compareRuns(base, moved)).toThrow(/market data:[\s\S]*machine:.*64 cores/);
    const forced = compareRuns(base, moved, { force: true });
    expect(forced.verdict).toBe('unsure');
    expect(forced.reasons.join()).toContain('by force');
  });
  it('name of their requirements those that one side alone has, and of many the first', () => {
    const { base, head } = builds(5, 0.5);
    const [own] = head[0]!.requirements;
    const more = Array.from({ length: 8 }, (_, k) => ({ ...own!, expression: `other.${k} < 1` }));
    const asked = head.map((run) => ({ ...run, requirements: [...run.requirements, ...more] }));
    expect(() => compareRuns(base, asked)).toThrow(
      /requirements, beside \d+ in common: base no others; head other\.0 < 1, .*other\.4 < 1 and 3 more$/m,
    );
    expect(() => compareRuns(base, head)).not.toThrow();
  });
  it('with a spoilt or missing value of a required metric are unsure', () => {
    const { base, head } = builds(5, 0);
    const noise = { ...base[0]!.environment.noise, contaminated: true, reason: 'busy' };
    const spoilt = base.map((run, i) =>
      i === 2 ? { ...run, checks: run.checks.map((check) => ({ ...check, noise })) } : run,
    );
    const found = compareRuns(spoilt, head);
    expect(found.verdict).toBe('unsure');
    expect(found.reasons.join()).toMatch(
      /latency\.inference\.p95[^:]*: disturbed in 1 of 10 runs \(run \d+: busy\): make them on a quieter machine/,
    );
    const lacking = base.map((run, i) =>
      i === 2 ? { ...run, checks: run.checks.map((check) => ({ ...check, measurements: [] })) } : run,
    );
    expect(compareRuns(lacking, head).reasons.join()).toMatch(/latency\.inference\.p95[^:]*: no value in run \d+$/m);
  });
  it('leave out a run that was interrupted', () => {
    const { base, head } = builds(5, 0);
    const broken = base.map((run, i) =>
      i === 0 ? { ...run, run: { ...run.run, status: 'interrupted' as const } } : run,
    );
    expect(compareRuns(broken, head).reasons.join()).toContain('interrupted: run 0');
  });
});

describe('the rule', () => {
  // The full simulation, five kinds of noise and five spreads: scripts/verify.mjs.
  it('finds no difference between identical builds in 299 pairs, under drift too, and +10 % in at least 95 %', () => {
    const from = createRandom(11, 'rule');
    const decide = (values: readonly number[]) =>
      decideTwoBuilds([{ metric: 'm', values, leastEffect: Math.log(1.05), lowerIsBetter: true }])[0]!.verdict;
    const noise = (drift: number): number[] => Array.from({ length: 24 }, (_, i) => 0.03 * from.normal() + drift * i);
    for (const drift of [0, 0.01]) {
      const verdicts = Array.from({ length: 299 }, () => decide(noise(drift)));
      expect(verdicts.filter((one) => one === 'worse' || one === 'better')).toEqual([]);
      const changed = Array.from({ length: 200 }, () =>
        decide(noise(drift).map((y, i) => y + sideAt(i) * Math.log(1.1))),
      );
      expect(changed.filter((one) => one === 'worse').length).toBeGreaterThanOrEqual(190);
    }
  });
});

describe('rounds of two targets side by side', () => {
  const from = createRandom(13, 'rounds');
  const rounds = (n: number, effect: number, spread = 0.02) =>
    Array.from({ length: n }, () => {
      // What moves both is large; what moves one is small.
      const shared = Math.exp(0.3 * from.normal());
      const time = (level: number): { a: number; b: number } => ({
        a: level * shared,
        b: level * shared * (1 + effect) * Math.exp(spread * from.normal()),
      });
      return { p50: time(10), p95: time(20) };
    });

  it('are decided though the machine swings by 30 %, for it swings under both', () => {
    expect(judgeSideBySide(rounds(12, 0.15)).verdict).toBe('worse');
    expect(judgeSideBySide(rounds(12, -0.15)).verdict).toBe('better');
    expect(judgeSideBySide(rounds(12, 0)).verdict).toBe('same');
  });
  it('are unsure below five, and not final before the last look', () => {
    expect(judgeSideBySide(rounds(4, 1))).toMatchObject({ verdict: 'unsure', isFinal: false });
    expect(judgeSideBySide([])).toMatchObject({ verdict: 'unsure', rounds: 0, isFinal: false });
  });
  it('are unsure, never better or the same, where the second left requests unanswered', () => {
    const quick = rounds(12, -0.15);
    const failing = (count: number) => quick.map((_, n) => ({ a: 0, b: n < count ? 3 : 0 }));
    expect(judgeSideBySide(quick, failing(0))).toMatchObject({ verdict: 'better', reason: '' });
    const perhaps = judgeSideBySide(quick, failing(10));
    expect(perhaps).toMatchObject({ verdict: 'unsure', reason: expect.stringContaining('too few rounds') });
    // The times stay as they are: quicker in what it answered.
    expect(perhaps.metrics.map(({ verdict }) => verdict)).toEqual(['better', 'better']);
  });
  it('are worse where the second fails more often in 11 rounds of 12 and never less, though its answers be quick', () => {
    const quick = rounds(12, -0.15);
    // 2 · 2⁻¹¹ is below 0.1 %, 2 · 2⁻¹⁰ is not.
    const failures = quick.map((_, n) => ({ a: 1, b: n < 11 ? 2 : 1 }));
    expect(judgeSideBySide(quick, failures)).toMatchObject({ verdict: 'worse', isFinal: true });
    const swapped = failures.map(({ a, b }) => ({ a: b, b: a }));
    expect(judgeSideBySide(quick, swapped).verdict).toBe('better');
    // Where it answers nothing at all there are no times.
    expect(judgeSideBySide([], failures)).toMatchObject({ verdict: 'worse', rounds: 0 });
  });
  it('fail alike, and are called worse for it in at most 0.1 %', () => {
    const alike = rounds(12, 0);
    const verdicts = Array.from({ length: 2000 }, () => {
      const failures = alike.map(() => ({ a: from.integer(4), b: from.integer(4) }));
      return judgeSideBySide(alike, failures).verdict;
    });
    expect(verdicts.filter((one) => one === 'worse').length).toBeLessThanOrEqual(2);
  });
  it('call no identical targets different in 299 pairs', () => {
    const wrong = Array.from({ length: 299 }, () => judgeSideBySide(rounds(12, 0, 0.05)).verdict).filter(
      (one) => one === 'worse' || one === 'better',
    );
    expect(wrong).toEqual([]);
  });
});
