import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

interface Mutant {
  readonly mistake: string;
  readonly planted: string;
  readonly label: string;
}
interface Found {
  readonly labels: readonly { readonly label: string }[];
  readonly reason?: string;
}
interface RunOptions {
  readonly folder: string;
  readonly seed: number;
  readonly mistake?: string;
  readonly kills?: number;
}
type Run = (mutant: Mutant, options: RunOptions) => Promise<Found>;

/** A program of the mutation score, all of which scripts/verify-mutants.mjs runs; on the built package, as that does. */
const program = (name: string) => import(new URL(`../mutants/${name}.mjs`, import.meta.url).href);
const { services }: { services: readonly Mutant[] } = await program('services');
const { pipelines }: { pipelines: readonly Mutant[] } = await program('pipelines');
const { runService, runPipeline }: { runService: Run; runPipeline: Run } = await program('run-mutant');

const folder = mkdtempSync(join(tmpdir(), 'failover-mutants-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Labels, from the first of three runs that the machine lets be measured. */
async function labelsOf(run: (seed: number) => Promise<Found>): Promise<string[]> {
  for (let seed = 1; ; seed++) {
    const { labels, reason } = await run(seed);
    if (reason === undefined) return labels.map(({ label }) => label);
    if (seed === 3) throw new Error(`not measured in three runs: ${reason}`);
  }
}

const named = <M extends Mutant>(all: readonly M[], ...names: string[]): M[] =>
  all.filter(({ mistake }) => names.includes(mistake));

describe('a planted mistake is named, and the same program without it is not blamed', () => {
  it.each(
    named(
      services,
      'no-deadline',
      'swallows-errors',
      'crash-on-wrong-request',
      'wall-clock-rate',
      'buffered-journal',
      'reads-words',
    ),
  )(
    'service: $planted',
    async (mutant) => {
      const { mistake, label } = mutant;
      expect(await labelsOf((seed) => runService(mutant, { folder, seed, mistake }))).toContain(label);
      expect(await labelsOf((seed) => runService(mutant, { folder, seed }))).toEqual([]);
    },
    200_000,
  );

  it.each(named(pipelines, 'writes-in-place', 'stale-lock', 'takes-any-code'))(
    'pipeline: $planted',
    async (mutant) => {
      const { mistake, label } = mutant;
      expect(await labelsOf((seed) => runPipeline(mutant, { folder, seed, mistake, kills: 4 }))).toContain(label);
      expect(await labelsOf((seed) => runPipeline(mutant, { folder, seed, kills: 4 }))).toEqual([]);
    },
    200_000,
  );

  it('has at least 25 mutants, each with a label and no two alike', () => {
    const all = [...services, ...pipelines];
    expect(all.length).toBeGreaterThanOrEqual(25);
    expect(new Set(all.map(({ mistake, label }) => `${mistake} ${label}`)).size).toBe(all.length);
  });
});
