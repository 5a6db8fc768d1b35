import { type Check, type Config, InputError, parseRequirement, type Suite } from '@preopen/core';
import { builtinChecks } from '../checks.ts';
import { resolveSuite } from '../suites.ts';

/** What of a suite a watch runs, and what it leaves out, with the reason. */
export interface WatchedSuite {
  readonly suite: Suite;
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
}

/** Why a check is nothing for a service in use whose requests are counted; `undefined` for one that is. */
function whyNot({ id, needs }: Pick<Check, 'id' | 'needs'>): string | undefined {
  const [family] = id.split('/');
  if (family === 'load') return 'it loads the target until it can do no more';
  if (family === 'failover') return 'it breaks the target on purpose';
  if (needs.includes('pipeline')) return 'it runs a pipeline, and watch measures services';
  return needs.length === 1 && needs[0] === 'service' ? undefined : 'it looks into the process of the target';
}

/**
 * A suite for watching: its checks that send a service single requests, which can be counted against the budget.
 * @throws InputError (E163) if nothing of the suite is left
 */
export function watchedSuite(name: string, config: Config, limits: readonly string[]): WatchedSuite {
  const whole = resolveSuite(name, config, {}, builtinChecks());
  const leftOut = whole.checks.flatMap((check) => {
    const why = whyNot(check);
    return why === undefined ? [] : [{ id: check.id, why }];
  });
  const checks = whole.checks.filter((check) => whyNot(check) === undefined);
  if (checks.length === 0)
    throw new InputError(
      `--suite ${name}: none of its ${whole.checks.length} checks is light enough to watch with. Of the suites that come with the command, load (latency alone) and taiwan have such; or write one in the config: suites: { light: { extends: 'load', only: ['latency/*'] } }.`,
      { code: 'E163' },
    );
  const requirements = limits.map((limit) => parseRequirement(limit, { source: '--require' }));
  return { suite: { ...whole, checks, requirements: requirements.length > 0 ? requirements : [] }, leftOut };
}
