import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

// Entry of a helper that takes what a fault takes away: `node burner.js --threads N` burns processor time, and
// `node burner.js --bytes N --per-second M` fills memory and keeps it. It ends when its standard input does, so that a tester
// that dies takes it along.

const { values } = parseArgs({
  options: { threads: { type: 'string' }, bytes: { type: 'string' }, 'per-second': { type: 'string' } },
});

process.stdin.resume();
process.stdin.once('close', () => process.exit(0));

// Counted in the thread itself, so that no message is needed to go on.
for (let i = 0; i < Number(values.threads ?? 0); i++)
  new Worker('for (let i = 0; ; i++) Math.sqrt(i);', { eval: true });

const bytes = Number(values.bytes ?? 0);
const stepBytes = 1 << 20;
const held: Buffer[] = [];
if (bytes > 0) {
  const everyMs = Math.max(1, (1000 * stepBytes) / Number(values['per-second'] ?? 2 ** 30));
  const timer = setInterval(() => {
    if (held.length * stepBytes >= bytes) clearInterval(timer);
    // Written, not only asked for: pages that nobody touched take no memory.
    else held.push(Buffer.alloc(stepBytes, 1));
  }, everyMs);
}
process.stdout.write('ready\n');
