// Watches the memory of a process until it is killed: watcher.mjs PID INTERVAL_MS. The time for which it is stopped (SIGSTOP) does
// not count as time for it, so that it does as much in what is left as it would in one go.
import { systemClock } from '@preopen/core';
import { watchMemory } from '@preopen/profiler';

const [pid, intervalMs] = process.argv.slice(2).map(Number);
let stoppedMs = 0;
let lastMs = performance.now();
const clock = {
  ...systemClock,
  nowMs() {
    const gapMs = performance.now() - stoppedMs - lastMs;
    // Between two looks there is never so much else to do.
    if (gapMs > intervalMs + 100) stoppedMs += gapMs - intervalMs;
    lastMs = performance.now() - stoppedMs;
    return lastMs;
  },
};
watchMemory({ pids: () => [pid], clock, intervalMs });
process.stdout.write('watching\n');
