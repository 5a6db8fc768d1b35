import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { environmentHolds, isAlive, membersOf, readProcessTable } from './proc.ts';
import { signalProcess } from './process-tree.ts';

// Entry of the guardian process: `node guardian.js MARK`, with `+PID START` and `-PID` lines on standard input.
// When the input ends, the tester is gone: whatever it started is asked to end, and then made to.

const GRACE_MS = 2000;
const GIVE_UP_MS = 15_000;
const LOOK_EVERY_MS = 50;

const mark = process.argv[2] ?? '';
const watched = new Map<number, string>();

function remaining(): ReadonlyMap<number, string> {
  const table = readProcessTable();
  const roots = new Map(watched);
  for (const stat of table) if (mark !== '' && environmentHolds(stat.pid, mark)) roots.set(stat.pid, stat.startTicks);
  const alive = new Map<number, string>();
  for (const stat of membersOf(table, roots).values()) {
    // Whoever was found once stays ours, also when it leaves its parent and its session.
    watched.set(stat.pid, stat.startTicks);
    if (isAlive(stat) && stat.pid !== process.pid) alive.set(stat.pid, stat.startTicks);
  }
  return alive;
}

async function endAll(): Promise<void> {
  for (let waitedMs = 0; waitedMs <= GIVE_UP_MS; waitedMs += LOOK_EVERY_MS) {
    const alive = remaining();
    if (alive.size === 0) return;
    const signals: readonly NodeJS.Signals[] = waitedMs === 0 ? ['SIGTERM', 'SIGCONT'] : [];
    for (const [pid, startTicks] of alive) {
      for (const signal of waitedMs < GRACE_MS ? signals : (['SIGKILL'] as const)) {
        signalProcess(pid, startTicks, signal);
      }
    }
    await wait(LOOK_EVERY_MS);
  }
}

// It ends when its input ends and not before; a signal to everything must not take the last net away first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [pid, startTicks] = line.slice(1).split(' ');
  if (line.startsWith('+') && startTicks !== undefined) watched.set(Number(pid), startTicks);
  else if (line.startsWith('-')) watched.delete(Number(pid));
}
await endAll();
