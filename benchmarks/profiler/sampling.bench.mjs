// What sampling allocations, and sampling stacks, costs a fixed piece of work that allocates like the scoring of a cross-section, in CPU
// time of the process: what a core can do in a second falls by as much. One process after the other; in each, blocks of the same work
// are sampled and not sampled (off-on-on-off or on-off-off-on, drawn), at one interval after the other, all garbage being collected
// before each. CPU time is not disturbed by whoever else is on the machine as waiting is, so that small differences show.
// MINUTES=4 npm run bench -- profiler/sampling        for as long as that; 2 without
// PART=allocations|cpu                                that part alone
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createRandom, stationaryBootstrapInterval } from '@preopen/core';

const minutes = Number(process.env.MINUTES ?? 2);
const part = process.env.PART;
const secondsOfOne = 15;
const sampled = [
  ...[1024, 512, 256, 128, 32].map((kib) => ({
    mode: `allocations:${kib}`,
    name: `allocations every ${kib} KiB`,
    limit: 5,
  })),
  ...[1000, 500, 250].map((us) => ({ mode: `cpu:${us}`, name: `stacks every ${us} µs`, limit: null })),
].filter(({ mode }) => part === undefined || mode.startsWith(part));
const modes = [{ mode: 'control', name: 'nothing (control)', limit: null }, ...sampled];
const random = createRandom(1, 'sampling');
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (log) => 100 * Math.expm1(log);

// The young generation has one size, which would else be found anew after each collection.
const flags = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16'];
const work = fileURLToPath(new URL('sampled-work.mjs', import.meta.url));
const differences = new Map(modes.map(({ mode }) => [mode, []]));
const endMs = performance.now() + minutes * 60_000;
let processes = 0;
while (performance.now() < endMs || processes < 2) {
  const args = [...flags, work, String(secondsOfOne), String(processes), modes.map(({ mode }) => mode).join(',')];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.status !== 0) throw new Error(`the sampled work ended with ${run.status}`);
  for (const { mode, difference } of JSON.parse(run.stdout)) differences.get(mode).push(difference);
  processes++;
}

const rows = modes.map(({ mode, name, limit }) => {
  const logs = differences.get(mode);
  const { low, high } = stationaryBootstrapInterval(Float64Array.from(logs), mean, { random, confidence: 0.95 });
  const ours = percent(mean(logs));
  return {
    name: `more CPU time of work that is sampled, ${name}`,
    unit: '%',
    better: 'lower',
    ours,
    peer: limit === null ? null : { name: 'limit', value: limit },
    ratio: limit === null ? null : ours / limit,
    note: `95 % interval (stationary bootstrap) ${percent(low).toFixed(2)} to ${percent(high).toFixed(2)} % over ${logs.length} rounds of four blocks in ${processes} processes`,
  };
});
console.log(JSON.stringify({ rows }));
