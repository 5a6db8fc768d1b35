import type { JudgedRequirement, Measurement, Results, Verdict } from '@preopen/core';
import { overallVerdict } from '@preopen/core/judge';
import { environmentClass } from '../environment-class.ts';
import { type Attempt, attemptValues, type Pooled, poolAttempts } from './attempts.ts';
import { canonicalJson, sha256, utf8 } from './bytes.ts';
import { type Condition, conditionsOf, profile } from './conditions.ts';

/** What our statements claim: described in docs/attestation/readiness/v1 of the project. Never changes its meaning. */
export const readinessPredicateType = 'https://github.com/preopen/preopen/tree/main/docs/attestation/readiness/v1';
export const statementType = 'https://in-toto.io/Statement/v1';

/** A thing that a statement speaks of. */
export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** An in-toto statement. */
export interface Statement<Predicate> {
  readonly _type: typeof statementType;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: Predicate;
}

/** What a statement says of a run as a whole. */
export type StatementVerdict = Verdict | 'conditional';

/** One requirement in a statement: judged by this run and by all attempts together, the worse of the two counts. */
export interface StatedRequirement {
  readonly id: string;
  readonly expression: string;
  readonly required: boolean;
  readonly source: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** As it stands in `results.json`; `null` where nothing was measured. */
  readonly measured: Measurement | null;
  /** JSON pointer to it in `results.json`. */
  readonly at: string | null;
  /** `null` where no ledger was kept or nothing was measured. */
  readonly pooled: Pooled | null;
}

/** What a statement of readiness claims. */
export interface Readiness {
  readonly title: string;
  readonly verdict: StatementVerdict;
  readonly profile: string;
  readonly conditions: readonly Condition[];
  readonly suite: { readonly name: string; readonly digest: string };
  readonly scale: Results['run']['scale'];
  readonly run: Pick<Results['run'], 'id' | 'startedAt' | 'durationMs' | 'status'>;
  readonly target: Omit<Results['target'], 'digest'>;
  readonly dataset: Omit<Results['dataset'], 'digest'>;
  readonly tool: Results['run']['tool'];
  readonly seed: { readonly value: number; readonly derivation: 'default' | 'given' };
  readonly environmentClass: string;
  readonly environment: Results['environment'];
  readonly requirements: readonly StatedRequirement[];
  readonly plan: {
    readonly checks: { planned: number; completed: number; failed: number; skipped: number };
    readonly requirements: { planned: number; pass: number; fail: number; inconclusive: number; notMeasured: number };
  };
  readonly notRun: readonly { readonly check: string; readonly status: string; readonly reason: string }[];
  /** `null`: no ledger was kept. Otherwise all attempts on this target, this one last. */
  readonly attempts: {
    readonly index: number;
    readonly total: number;
    readonly ledger: { readonly entries: number; readonly head: string };
    readonly runs: readonly Attempt[];
  } | null;
  /** `self`: on the word of whoever holds the key. */
  readonly assurance: 'self';
  readonly issuedAt: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What a statement says that does not follow from the results. */
export interface Circumstances {
  /** SHA-256 of `results.json` as it lies there. */
  readonly resultsDigest: string;
  /** SHA-256 of the config file; `null` without one. */
  readonly configDigest: string | null;
  readonly attempts: Readiness['attempts'];
  /** ISO date and time. */
  readonly issuedAt: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly signed: boolean;
}

const severity: Readonly<Record<Verdict, number>> = { pass: 0, 'not-measured': 1, inconclusive: 2, fail: 3 };

function pointerTo(results: Results, { metric, value }: Measurement): string | null {
  for (const [c, check] of results.checks.entries()) {
    const m = check.measurements.findIndex((one) => one.metric === metric && one.value === value);
    if (m >= 0) return `/checks/${c}/measurements/${m}`;
  }
  return null;
}

function stated(
  results: Results,
  requirement: JudgedRequirement,
  attempts: readonly Attempt[] | undefined,
): StatedRequirement {
  const { id, expression, required, source } = requirement;
  const common = { id, expression, required, source };
  if (requirement.verdict === 'not-measured') {
    return { ...common, verdict: 'not-measured', reason: requirement.reason, measured: null, at: null, pooled: null };
  }
  const pooled = (attempts && poolAttempts(requirement, attempts)) ?? null;
  const isWorse = pooled !== null && severity[pooled.verdict] > severity[requirement.verdict];
  return {
    ...common,
    verdict: isWorse ? pooled.verdict : requirement.verdict,
    reason: isWorse ? `${requirement.reason}; over all attempts: ${pooled.reason}` : requirement.reason,
    measured: requirement.measured,
    at: pointerTo(results, requirement.measured),
    pooled,
  };
}

/** The title says what it is at a glance: only a full pass is called a certificate. */
function titleOf(verdict: StatementVerdict, conditions: readonly Condition[], status: string): string {
  switch (verdict) {
    case 'pass':
      return 'Production Readiness Certificate';
    case 'conditional':
      return `Statement of Result: conditional (${conditions.map(({ id }) => id).join(', ')})`;
    case 'fail':
      return 'Statement of Result: not ready';
    case 'inconclusive':
      return 'Statement of Result: undecided';
    case 'not-measured':
      return `Statement of Result: incomplete${status === 'interrupted' ? ' (interrupted)' : ''}`;
  }
}

const digestOf = (value: unknown): Promise<string> => sha256(utf8(canonicalJson(value)));
const bare = (digest: string): string => digest.replace(/^sha256:/, '');

/**
 * The statement of readiness of a run. A pure function of its results and the circumstances, so that whoever verifies
 * it can make it again and compare. Only what JSON can hold: open ends of intervals are `null`.
 */
export async function readinessStatement(
  results: Results,
  circumstances: Circumstances,
): Promise<Statement<Readiness>> {
  const { run, target, dataset, environment, checks } = results;
  const { configDigest } = circumstances;
  const attempts = circumstances.attempts && {
    ...circumstances.attempts,
    runs: circumstances.attempts.runs.map((one) => withOwnValues(one, results, circumstances)),
  };
  const requirements = results.requirements.map((requirement) => stated(results, requirement, attempts?.runs));
  const count = (verdict: Verdict): number => requirements.filter((one) => one.verdict === verdict).length;
  const counted = (status: string): number => checks.filter((check) => check.status === status).length;
  const conditions = conditionsOf(results, attempts?.runs);
  const measured = overallVerdict(requirements);
  const judged = run.status === 'interrupted' && measured !== 'fail' ? 'not-measured' : measured;
  const verdict = judged === 'pass' && conditions.length > 0 ? 'conditional' : judged;
  const title = titleOf(verdict, conditions, run.status);
  const { digest: targetDigest, ...targetFacts } = target;
  const { digest: datasetDigest, ...datasetFacts } = dataset;
  const predicate: Readiness = {
    title: circumstances.signed ? title : `DRAFT, signed by nobody: ${title}`,
    verdict,
    profile: profile.id,
    conditions,
    suite: {
      name: run.suite,
      digest: await digestOf({
        checks: checks.map(({ id }) => id),
        requirements: requirements.map(({ expression, required }) => ({ expression, required })),
        scale: run.scale,
      }),
    },
    scale: run.scale,
    run: { id: run.id, startedAt: run.startedAt, durationMs: run.durationMs, status: run.status },
    target: targetFacts,
    dataset: datasetFacts,
    tool: run.tool,
    seed: { value: run.seed, derivation: run.seedGiven ? 'given' : 'default' },
    environmentClass: environmentClass(environment),
    environment,
    requirements,
    plan: {
      checks: {
        planned: checks.length,
        completed: counted('completed'),
        failed: counted('failed'),
        skipped: counted('skipped'),
      },
      requirements: {
        planned: requirements.length,
        pass: count('pass'),
        fail: count('fail'),
        inconclusive: count('inconclusive'),
        notMeasured: count('not-measured'),
      },
    },
    notRun: checks
      .filter(({ status }) => status !== 'completed')
      .map(({ id, status, reason }) => ({ check: id, status, reason: reason ?? 'no reason given' })),
    attempts,
    assurance: 'self',
    issuedAt: circumstances.issuedAt,
    notBefore: circumstances.notBefore,
    notAfter: circumstances.notAfter,
  };
  const statement: Statement<Readiness> = {
    _type: statementType,
    subject: [
      { name: 'results.json', digest: { sha256: circumstances.resultsDigest } },
      { name: `target:${target.name}`, digest: { preopenTarget: bare(targetDigest) } },
      ...(datasetDigest === null ? [] : [{ name: 'dataset', digest: { preopenDataset: bare(datasetDigest) } }]),
      ...(configDigest === null ? [] : [{ name: 'config', digest: { sha256: configDigest } }]),
    ],
    predicateType: readinessPredicateType,
    predicate,
  };
  // Through JSON once: infinities become null, and what is undefined goes.
  return JSON.parse(JSON.stringify(statement)) as Statement<Readiness>;
}

/** This run's own attempt always holds what its results hold. */
function withOwnValues(attempt: Attempt, results: Results, { resultsDigest }: Circumstances): Attempt {
  return attempt.results === resultsDigest
    ? { ...attempt, id: results.run.id, values: attemptValues(results) }
    : attempt;
}
