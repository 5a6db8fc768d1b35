import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment, type Results, type RunEvent, systemClock } from '@preopen/core';
import { recordFinished, recordStarted } from '@preopen/report';

/**
 * Keeps a run in the ledger of attempts. A ledger that cannot be written ends no run: it is said, and the certificate
 * will say that attempts are not known.
 */
export function keepAttempt(
  ledgerDir: string,
  say: (text: string) => void,
): { onEvent(event: RunEvent): Promise<void>; finished(results: Results, outputDir: string): Promise<void> } {
  let entry: number | undefined;
  const trying = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      say(`This attempt is not in the ledger: ${(cause as Error).message}\n`);
    }
  };
  return {
    onEvent: async (event) => {
      if (event.type !== 'run-started') return;
      const { run, target } = event;
      await trying(async () => {
        entry = await recordStarted(ledgerDir, { run, target, environment: await describeEnvironment() });
      });
    },
    finished: (results, outputDir) =>
      trying(async () => {
        if (entry === undefined) return;
        const resultsBytes = new Uint8Array(await readFile(join(outputDir, 'results.json')));
        const at = new Date(systemClock.wallMs()).toISOString();
        await recordFinished(ledgerDir, results, { started: entry, resultsBytes, at });
      }),
  };
}
