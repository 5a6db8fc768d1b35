import type { Check, Scale } from './check.ts';
import type { Requirement } from './requirement.ts';

/** A named list of checks with their scale, and what is required of what they measure. */
export interface Suite {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly requirements: readonly Requirement[];
  readonly scale: Scale;
  /** Sentences for the reader of the results, such as what this suite does not judge. */
  readonly notes?: readonly string[];
  /** Checks left out by a filter; they are listed as skipped, never gone. */
  readonly filtered?: readonly { readonly check: Check; readonly reason: string }[];
}

/** Matches a check's id against a pattern in which `*` stands for any text, `/` included. */
export function matchesPattern(id: string, pattern: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(id);
}

/** A suite with only some of its checks; the others stay listed as skipped, with the reason. */
export function filterSuite(suite: Suite, filter: { only?: readonly string[]; skip?: readonly string[] }): Suite {
  const only = filter.only ?? [];
  const skip = filter.skip ?? [];
  const kept: Check[] = [];
  const filtered = [...(suite.filtered ?? [])];
  for (const check of suite.checks) {
    const skippedBy = skip.find((pattern) => matchesPattern(check.id, pattern));
    if (skippedBy !== undefined) filtered.push({ check, reason: `left out by skip ${skippedBy}` });
    else if (only.length > 0 && !only.some((pattern) => matchesPattern(check.id, pattern))) {
      filtered.push({ check, reason: `left out by only ${only.join(', ')}` });
    } else kept.push(check);
  }
  return { ...suite, checks: kept, filtered };
}
