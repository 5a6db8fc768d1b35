// What profiling costs the target under load: its throughput with and without, in blocks that take turns in one process, with
// an interval over the pairs, and the same against itself as a control; and the CPU time of the target per request, which other
// work on the machine moves less. The load comes from a process of its own.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { meanInterval, systemClock } from '@preopen/core';
import { startProbeServer, watchMemory } from '@preopen/profiler';

const pairs = Number(process.env.PAIRS ?? 24);
const blockMs = 700;
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

const probes = await startProbeServer();
const target = spawn(process.execPath, [path('target.mjs')], {
  env: { ...process.env, ...probes.environment(process.env) },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const port = await new Promise((resolve) => target.stdout.once('data', (text) => resolve(String(text).trim())));
const asker = spawn(process.execPath, [path('asker.mjs'), port], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: asker.stdout })[Symbol.asyncIterator]();
/** CPU time of all threads of the target so far, in ms. Source: the kernel's sched-stats.rst */
const cpuMs = () =>
  readdirSync(`/proc/${target.pid}/task`).reduce(
    (sum, thread) =>
      sum + Number(readFileSync(`/proc/${target.pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
/** Time and CPU time per request over a block. */
const block = async (ms = blockMs) => {
  const beganCpuMs = cpuMs();
  const beganMs = performance.now();
  asker.stdin.write(`${ms}\n`);
  const perMs = Number((await answers.next()).value);
  const tookMs = performance.now() - beganMs;
  return { timeMs: 1 / perMs, cpuMs: (cpuMs() - beganCpuMs) / (perMs * tookMs) };
};

try {
  await block(4000);
  const [node] = probes.processes();
  const watching = (intervalMs) => async () => {
    const watch = watchMemory({ pids: () => [target.pid], clock: systemClock, intervalMs });
    return () => void watch.stop();
  };
  const sampling = (intervalBytes, keepsOptimized) => async () => {
    await node.startAllocations(intervalBytes, keepsOptimized);
    return () => node.stopAllocations();
  };
  const modes = [
    ['nothing (control)', async () => () => {}, null],
    ['timeline at 50 Hz', watching(20), 0.01],
    ['timeline at 100 Hz', watching(10), 0.01],
    ['allocations every 512 KiB', sampling(524_288, true), 0.05],
    ['allocations every 32 KiB', sampling(32_768, true), 0.05],
  ];
  const rows = [];
  for (const [name, begin, limit] of modes) {
    const logs = { timeMs: [], cpuMs: [] };
    for (let pair = 0; pair < pairs; pair++) {
      const took = {};
      // Which comes first takes turns, so that a drift falls on both.
      for (const isOn of pair % 2 ? [true, false] : [false, true]) {
        const end = isOn ? await begin() : undefined;
        // What has just been switched is not measured: code settles.
        await block(150);
        took[isOn] = await block();
        await end?.();
      }
      for (const figure of Object.keys(logs)) logs[figure].push(Math.log(took[true][figure] / took[false][figure]));
    }
    const percent = (log) => 100 * (Math.exp(log) - 1);
    for (const [figure, what] of [
      ['timeMs', 'time per request under'],
      ['cpuMs', 'CPU time of the target per request under'],
    ]) {
      const { mean, interval } = meanInterval(logs[figure], 0.95);
      rows.push({
        name: `more ${what} ${name}`,
        unit: '%',
        better: 'lower',
        ours: percent(mean),
        peer: limit === null ? null : { name: 'limit', value: limit * 100 },
        ratio: limit === null ? null : percent(mean) / (limit * 100),
        note: `95 % interval ${percent(interval.low).toFixed(2)} to ${percent(interval.high).toFixed(2)} % over ${pairs} pairs`,
      });
      process.stderr.write(`${rows.at(-1).name}: ${rows.at(-1).ours.toFixed(2)} %, ${rows.at(-1).note}\n`);
    }
  }
  console.log(JSON.stringify({ rows }));
} finally {
  asker.kill();
  target.kill();
  await probes.close();
}
