// Watches the memory of a process until it is killed: watcher.mjs PID INTERVAL_MS. It says so when it has come to its lasting pace.
import { systemClock } from '@preopen/core';
import { watchMemory } from '@preopen/profiler';

const [pid, intervalMs] = process.argv.slice(2).map(Number);
watchMemory({ pids: () => [pid], clock: systemClock, intervalMs });
// All that runs often has been compiled by then.
setTimeout(() => process.stdout.write('watching\n'), 30_000);
