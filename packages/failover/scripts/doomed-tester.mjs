// A tester that is to be killed: `node doomed-tester.mjs FAULT URL PID WORKDIR JOURNALDIR`. It injects a fault into a process
// that it did not start, says “in effect” once it is, and waits for its end.
import { createRandom, startService, systemClock } from '@preopen/core';
import { faultKinds, identify, openJournal, parseFault } from '@preopen/failover';

// Ends with whoever started it: what was to kill it may be killed itself.
process.stdin.on('end', () => process.exit(0)).resume();

const [text, url, pid, workDir, journalDir] = process.argv.slice(2);
const { signal } = new AbortController();
const service = await startService(
  { kind: 'url', name: 'victim', url, model: 'model' },
  { clock: systemClock, signal, workDir, configDir: workDir },
);
const process_ = identify(Number(pid));
const journal = await openJournal(journalDir);
const site = {
  service,
  processes: () => [process_],
  restart: async () => undefined,
  startAgain: async () => service,
  journal,
  clock: systemClock,
  signal,
  random: (purpose) => createRandom(1, purpose),
  workDir,
};
const fault = parseFault(text, { durationMs: 60_000, restart: { by: 'us' } }, faultKinds);
const availability = await fault.probe(site);
if (!availability.isAvailable) {
  process.stdout.write(`needs ${availability.needs}\n`);
  process.exit(0);
}
await fault.inject(site);
process.stdout.write('in effect\n');
setInterval(() => undefined, 1000);
