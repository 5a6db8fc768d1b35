import type { OutcomeKind } from '@preopen/core';

/** Counts of what went wrong, by message. */
export class Problems {
  readonly #counts = new Map<string, number>();

  add(outcome: OutcomeKind, problem: string | undefined): void {
    if (problem === undefined || outcome === 'aborted') return;
    const key = `${outcome}: ${problem}`;
    // Messages with numbers of their own would fill the memory.
    if (this.#counts.size < 100 || this.#counts.has(key)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  merge(other: readonly (readonly [string, number])[]): void {
    for (const [key, count] of other) this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  /** The most frequent first. */
  top(count = 10): readonly (readonly [message: string, count: number])[] {
    return [...this.#counts].sort((a, b) => b[1] - a[1]).slice(0, count);
  }
}

/** The most frequent of what went wrong, in brackets behind how often something failed; empty where nothing is known. */
export function problemsInWords(problems: readonly (readonly [message: string, count: number])[]): string {
  const first = problems.slice(0, 3).map(([message, count]) => `${count} × ${message}`);
  return first.length > 0 ? ` (${first.join(', ')})` : '';
}
