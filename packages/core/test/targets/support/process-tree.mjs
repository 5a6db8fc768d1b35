import { spawn } from 'node:child_process';

// A process with a child, a grandchild, and one that left for a session of its own; some may refuse SIGTERM.
// `node process-tree.mjs [stubborn]` prints `pids …` once all are there.
const [role = 'root', manner = 'mild'] = process.argv[2] === 'stubborn' ? ['root', 'stubborn'] : process.argv.slice(2);
const start = (next, detached = false) =>
  spawn(process.execPath, [process.argv[1], next, manner], { detached, stdio: ['ignore', 'pipe', 'inherit'] });

if (manner === 'stubborn') process.on('SIGTERM', () => console.log(`${role} stays`));
setInterval(() => {}, 1000);

const pids = [process.pid];
const say = () => console.log(`pids ${pids.join(' ')}`);
const below = { root: ['child', 'stray'], child: ['grandchild'], stray: [], grandchild: [] }[role];
let missing = below.length;
if (missing === 0) say();
for (const next of below) {
  start(next, next === 'stray').stdout.once('data', (text) => {
    pids.push(...String(text).trim().split(' ').slice(1));
    missing--;
    if (missing === 0) say();
  });
}
