import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment, type Results, type RunEvent, systemClock } from '@preopen/core';
import { appendHistory, historyEntry, recordFinished, recordStarted } from '@preopen/report';

/**
 * Keeps a run in the ledger of attempts and in the history, both below `dir`. What cannot be written ends no run: it is
 * said, and the certificate will say that attempts are not known.
 */
export function keepAttempt(
  dir: string,
  say: (text: string) => void,
): { onEvent(event: RunEvent): Promise<void>; finished(results: Results, outputDir: string): Promise<void> } {
  const ledgerDir = join(dir, 'ledger');
  let entry: number | undefined;
  const trying = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      say(`This run is not kept in ${dir}: ${(cause as Error).message}\n`);
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
    finished: async (results, outputDir) => {
      await trying(() => appendHistory(join(dir, 'history'), historyEntry(results)));
      await trying(async () => {
        if (entry === undefined) return;
        const resultsBytes = new Uint8Array(await readFile(join(outputDir, 'results.json')));
        const at = new Date(systemClock.wallMs()).toISOString();
        await recordFinished(ledgerDir, results, { started: entry, resultsBytes, at });
      });
    },
  };
}
