import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Check,
  type CheckOutcome,
  createRandom,
  type ServiceConfig,
  startService,
  systemClock,
} from '@preopen/core';

const configDir = join(dirname(fileURLToPath(import.meta.url)), 'targets');

/** Runs a check on a service that is started for it; files that it keeps come back by name. */
export async function runOnService(
  check: Check,
  config: ServiceConfig,
  stocks = 20,
): Promise<CheckOutcome & { kept: Map<string, string> }> {
  const workDir = mkdtempSync(join(tmpdir(), 'preopen-profiler-test-'));
  const { signal } = new AbortController();
  const kept = new Map<string, string>();
  const service = await startService({ ...config, name: 'target' }, { clock: systemClock, signal, workDir, configDir });
  try {
    const outcome = await check.run({
      signal,
      clock: systemClock,
      seed: 1,
      random: (purpose) => createRandom(1, purpose),
      scale: { stocks, days: 20, users: 1 },
      budgetMs: 60_000,
      workDir,
      async keep(name, title, mediaType, content) {
        kept.set(name, String(content));
        return { title, path: name, mediaType };
      },
      emit: () => undefined,
      service,
      undecided: () => false,
      shared: (_key, make) => make(),
    });
    return { ...outcome, kept };
  } finally {
    await service.stop();
    rmSync(workDir, { recursive: true, force: true });
  }
}
