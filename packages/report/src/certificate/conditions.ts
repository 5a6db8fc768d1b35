import type { Requirement, Results } from '@preopen/core';
import { convertUnit, coreRequirements, fullScaleRequirements } from '@preopen/core/judge';
import type { Attempt } from './attempts.ts';

/** Why a run in which every requirement passed is still no certificate. */
export interface Condition {
  /** Stable: who accepts it names it. */
  readonly id:
    | 'seed-given'
    | 'target-declared'
    | 'target-unhashed'
    | 'scale-below-profile'
    | 'requirements-below-profile'
    | 'attempts-unknown'
    | 'attempts-abandoned';
  readonly reason: string;
}

/** What “production” means: the whole market, a year of it, and the limits of the specification. */
export const profile: {
  readonly id: string;
  readonly stocks: number;
  readonly days: number;
  readonly requirements: readonly Requirement[];
} = {
  id: 'tw-production@1',
  stocks: 2000,
  days: 252,
  requirements: [...coreRequirements, ...fullScaleRequirements],
};

/** Whether one limit asks for at least as much as another on the same metric. */
function isAsStrict(own: Requirement, asked: Requirement): boolean {
  if (own.metric !== asked.metric || !own.required) return false;
  const limit = convertUnit(own.limit, own.unit, asked.unit);
  if (limit === undefined) return false;
  const upward = asked.comparison.startsWith('<');
  if (own.comparison.startsWith('<') !== upward) return false;
  if (limit !== asked.limit) return upward ? limit < asked.limit : limit > asked.limit;
  return asked.comparison.endsWith('=') || !own.comparison.endsWith('=');
}

/**
 * What stands between a passed run and a certificate.
 * @param attempts all on the same target so far; `undefined` where no ledger was kept
 */
export function conditionsOf(results: Results, attempts: readonly Attempt[] | undefined): Condition[] {
  const { run, target } = results;
  const found: Condition[] = [];
  if (run.seedGiven) found.push({ id: 'seed-given', reason: `the seed ${run.seed} was given by hand` });
  if (target.binding === 'process')
    found.push({ id: 'target-unhashed', reason: 'the target is known by its command; none of its files was hashed' });
  else if (target.binding !== 'bytes')
    found.push({
      id: 'target-declared',
      reason: 'the target is known only by its address, which may serve another tomorrow',
    });
  if (run.scale.stocks < profile.stocks || run.scale.days < profile.days) {
    found.push({
      id: 'scale-below-profile',
      reason: `measured at ${run.scale.stocks.toLocaleString('en-US')} stocks × ${run.scale.days} days; ${profile.id} asks for ${profile.stocks.toLocaleString('en-US')} × ${profile.days}`,
    });
  }
  const looser = profile.requirements.filter((asked) => !results.requirements.some((own) => isAsStrict(own, asked)));
  if (looser.length > 0) {
    found.push({
      id: 'requirements-below-profile',
      reason: `not asked for, or with a looser limit than ${profile.id}: ${looser.map(({ expression }) => expression).join(', ')}`,
    });
  }
  if (attempts === undefined)
    found.push({ id: 'attempts-unknown', reason: 'no ledger was kept, so nobody knows how often this was tried' });
  const abandoned = (attempts ?? []).filter(({ outcome }) => outcome === 'abandoned').length;
  if (abandoned > 0) {
    found.push({
      id: 'attempts-abandoned',
      reason: `${abandoned} of ${attempts?.length} attempts ${abandoned === 1 ? 'was' : 'were'} not brought to an end`,
    });
  }
  return found;
}
