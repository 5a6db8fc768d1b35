import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

// Entry of a helper that takes from others what they need: `node burner.js --threads N` burns processor time, and
// `node burner.js --bytes N` fills memory and keeps it. It begins with the first bytes on its standard input and ends with the
// input, so that a tester that dies takes it along.

const { values } = parseArgs({ options: { threads: { type: 'string' }, bytes: { type: 'string' } } });
const stepBytes = 1 << 20;
/** Of memory, a second: fast enough to meet the limit soon, slow enough that the kernel keeps up. */
const bytesPerSecond = 512 * stepBytes;

function begin(): void {
  // Each thread counts by itself: no message is needed to go on.
  for (let i = 0; i < Number(values.threads ?? 0); i++)
    new Worker('for (let i = 0; ; i++) Math.sqrt(i);', { eval: true });
  const bytes = Number(values.bytes ?? 0);
  const held: Buffer[] = [];
  const timer = setInterval(
    () => {
      if (held.length * stepBytes >= bytes) clearInterval(timer);
      // Written, not only asked for: pages that nobody touched take no memory.
      else held.push(Buffer.alloc(stepBytes, 1));
    },
    (1000 * stepBytes) / bytesPerSecond,
  );
}

process.stdin.once('data', begin);
process.stdin.once('close', () => process.exit(0));
process.stdout.write('ready\n');
