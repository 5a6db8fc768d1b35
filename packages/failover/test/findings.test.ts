import { describe, expect, it } from 'vitest';
import { defineExperiment } from '../src/experiment.ts';
import type { Fault } from '../src/fault.ts';
import { available } from '../src/fault.ts';
import { type FindingKind, findingsOf } from '../src/findings.ts';
import { type ProbeLog, quality } from '../src/probe-log.ts';
import { recoveryOf } from '../src/recovery.ts';
import type { ExperimentOutcome } from '../src/run-experiment.ts';

type Measured = Extract<ExperimentOutcome, { outcome: 'measured' }>;
type Fate = Partial<{ tookMs: number; good: boolean; lost: boolean; wrong: boolean; unusable: boolean }>;

const faultMs = 3000;
const undoMs = 5000;
const endMs = 10_000;

/** An experiment on 100 requests a second, fault from 3 to 5 s, seen until 10 s, each request with its fate. */
function kinds(
  fateAt: (dueMs: number) => Fate,
  fault: Partial<Fault> = {},
  more: Partial<Measured> = {},
): FindingKind[] {
  const count = 1000;
  const column = (value: (fate: Fate) => number): Uint8Array =>
    Uint8Array.from({ length: count }, (_, i) => value(fateAt(i * 10)));
  const dueMs = Float64Array.from({ length: count }, (_, i) => i * 10);
  const log: ProbeLog = {
    count,
    dueMs,
    doneMs: dueMs.map((due) => due + (fateAt(due).tookMs ?? 5)),
    good: column(({ good = true, wrong, lost, unusable }) => (good && !wrong && !lost && !unusable ? 1 : 0)),
    lost: column(({ lost }) => (lost ? 1 : 0)),
    unusable: column(({ unusable }) => (unusable ? 1 : 0)),
    quality: column(({ wrong, good = true }) => (wrong ? quality.wrong : good ? quality.right : quality.unknown)),
  };
  const baseline = { p50Ms: 5, p95Ms: 6, errorShare: 0, samples: 300 };
  const whole: Fault = {
    id: 'pause',
    title: 'a fault',
    touches: 'processes',
    durationMs: 2000,
    probe: async () => available,
    inject: async () => async () => undefined,
    ...fault,
  };
  const found: Measured = {
    outcome: 'measured',
    baseline,
    recovery: recoveryOf(log, baseline, { faultMs, undoMs, endMs }),
    timeToDetectMs: undefined,
    startMs: 0,
    faultMs,
    undoMs,
    endMs,
    log,
    answers: { isComparable: true, ofAnotherRequest: 0 },
    memory: undefined,
    retries: undefined,
    ledger: undefined,
    twin: { ran: false, reason: 'none in this test' },
    problems: [],
    diedOf: undefined,
    restartProblem: undefined,
    overdueMs: undefined,
    ...more,
  };
  return findingsOf(defineExperiment({ fault: whole }), found).map(({ kind }) => kind);
}

const during = (dueMs: number): boolean => dueMs >= faultMs && dueMs < undoMs;
const behind = { network: 'behind the service' } as const;
const refused: Fate = { good: false, tookMs: 2 };
const hung: Fate = { lost: true, tookMs: 2000 };

describe('findings', () => {
  it('are none where nothing went wrong, and where a fault was felt and answered as it should be', () => {
    expect(kinds(() => ({}))).toEqual([]);
    expect(kinds((due) => (during(due) ? refused : {}), behind)).toEqual([]);
    // Frozen: what was due meanwhile is answered when it goes on, all at once.
    expect(kinds((due) => (during(due) ? { tookMs: undoMs - due + 20 } : {}))).toEqual([]);
    // Killed, and three seconds until it is back.
    expect(kinds((due) => (due >= faultMs && due < 8000 ? { lost: true, tookMs: 1 } : {}), { id: 'kill' })).toEqual([]);
  });

  it('name what a service does with an upstream that hangs', () => {
    expect(kinds((due) => (during(due) ? hung : {}), behind)).toEqual(['no-deadline']);
    // Between load and service it is our own proxy that hangs.
    expect(kinds((due) => (during(due) ? hung : {}), { network: 'before the service' })).toEqual([]);
    const some = { arrived: 1, sent: 1 };
    const retries = (ratio: number) => ({
      retries: { before: 1, during: ratio, after: ratio, counts: { before: some, after: some } },
    });
    expect(kinds((due) => (during(due) ? refused : {}), behind, retries(3))).toEqual(['retry-storm']);
    expect(kinds((due) => (during(due) ? refused : {}), behind, retries(1.9))).toEqual([]);
  });

  it('name both where what hung is worked off after the fault, and the queue alone where some get through while it lasts', () => {
    // Nobody gives up but the client, after two seconds; what waits when the upstream is back is answered then, one by one.
    const waits = (due: number): Fate => (due < undoMs - 1800 ? hung : { tookMs: undoMs - due + 600 });
    const isFelt = (due: number): boolean => due >= faultMs && due < undoMs + 1000;
    const after = (due: number): Fate => (due < undoMs ? waits(due) : { tookMs: 600 });
    expect(kinds((due) => (isFelt(due) ? after(due) : {}), behind)).toEqual(['unbounded-queue', 'no-deadline']);
    // One in five calls has its turn and its time-out.
    const some = (due: number): Fate => (during(due) && due % 50 === 0 ? { tookMs: 200 } : after(due));
    expect(kinds((due) => (isFelt(due) ? some(due) : {}), behind)).toEqual(['unbounded-queue']);
  });

  it('tell a backlog from a pause, and a backlog from one that is bounded', () => {
    const backlog = (due: number): Fate => (due >= faultMs && due < 7000 ? { tookMs: 1000 } : {});
    expect(kinds(backlog)).toEqual(['unbounded-queue']);
    expect(kinds((due) => (during(due) && due % 20 === 0 ? refused : backlog(due)))).toEqual([]);
  });

  it('tell answers that are wrong, stale and unusable apart', () => {
    expect(kinds((due) => (during(due) ? { wrong: true } : {}))).toEqual(['wrong-answers']);
    const other = { answers: { isComparable: true, ofAnotherRequest: 200 } } as const;
    expect(kinds((due) => (during(due) ? { wrong: true } : {}), {}, other)).toEqual(['stale-as-fresh']);
    expect(kinds((due) => (during(due) ? { unusable: true } : {}))).toEqual(['unusable-answers']);
    const corrupting = { network: 'before the service' } as const;
    expect(kinds((due) => (during(due) ? { unusable: true } : {}), corrupting)).toEqual([]);
  });

  it('tell a service that never comes back from one that comes back and goes, or stays in part', () => {
    expect(kinds((due) => (due >= faultMs ? refused : {}))).toEqual(['never-recovers']);
    expect(kinds((due) => (due >= faultMs && due % 40 === 0 ? refused : {}))).toContain('stays-degraded');
    const bursts = (due: number): Fate => (due > undoMs && due % 1000 < 100 ? refused : {});
    expect(kinds(bursts)).toContain('flapping');
    // One burst more is what a breaker that half-opens too soon leaves.
    expect(kinds((due) => (due > 6000 && due < 6100 ? refused : {}))).toEqual([]);
    expect(kinds((due) => (due >= faultMs ? { wrong: true } : {}))).toEqual(['wrong-answers']);
  });

  it('take an end by an own exit code for a crash, and one by the kernel or without memory for none', () => {
    expect(kinds(() => ({}), {}, { diedOf: 'code 1' })).toEqual(['crashed']);
    expect(kinds(() => ({}), {}, { diedOf: 'SIGSEGV' })).toEqual(['crashed']);
    expect(kinds(() => ({}), {}, { diedOf: 'SIGKILL' })).toEqual([]);
    expect(kinds(() => ({}), { id: 'memory-limit' }, { diedOf: 'SIGABRT' })).toEqual([]);
    const gone = { diedOf: 'code 1', restartProblem: 'ended before it was ready' };
    expect(kinds((due) => (due >= faultMs ? refused : {}), {}, gone)).toEqual(['crashed', 'does-not-start']);
  });

  it('name a service that had to be killed because it did not end when asked', () => {
    expect(kinds(() => ({}), { id: 'terminate' }, { overdueMs: 10_000 })).toEqual(['does-not-end']);
  });

  it('name what fails when nothing but the wall clock is off', () => {
    const clock = { id: 'clock', isOfClock: true } as const;
    const first = (many: number) => (dueMs: number) => dueMs >= faultMs && dueMs < faultMs + many * 10;
    const failing = (many: number) => (dueMs: number) => (first(many)(dueMs) ? refused : {});
    expect(kinds(failing(10), clock)).toEqual(['trusts-wall-clock']);
    expect(kinds((dueMs) => (first(10)(dueMs) ? { tookMs: 1001 } : {}), clock)).toEqual(['trusts-wall-clock']);
    expect(kinds(failing(9), clock)).toEqual([]);
    expect(kinds(failing(10))).toEqual([]);
  });

  it('know what only some faults can show', () => {
    const slow = (due: number): Fate => (during(due) && due % 100 === 0 ? { tookMs: 600 } : {});
    expect(kinds(slow, { id: 'exceptions' })).toEqual(['held-up-by-wrong-requests']);
    expect(kinds(slow, { id: 'cpu' })).toEqual([]);
    const dropped = (due: number): Fate => (due >= 2970 && due < 3000 ? { lost: true, tookMs: 40 } : {});
    expect(kinds(dropped, { id: 'terminate' })).toEqual(['not-drained']);
    expect(kinds(dropped, { id: 'kill' })).toEqual([]);
  });

  it('read memory and the ledger', () => {
    const memory = (afterBytes: number) => ({ memory: { beforeBytes: 60e6, afterBytes } });
    expect(kinds(() => ({}), {}, memory(140e6))).toEqual(['memory-kept']);
    expect(kinds(() => ({}), {}, memory(110e6))).toEqual([]);
    const ledger = {
      sent: 1000,
      answered: 1000,
      failed: 0,
      lostAfterAnswer: 1,
      duplicated: 2,
      doneUnanswered: 0,
      unexplained: 0,
    };
    expect(kinds(() => ({}), {}, { ledger })).toEqual(['lost-after-answer', 'done-twice']);
  });
});
