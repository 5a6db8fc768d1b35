// What the reference service keeps per request, beside the same service without V8's optimizing and baseline compilers: what
// is left of the difference is machine code, which V8 throws away when it is told to collect and makes again under requests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, systemClock, theilSen } from '@preopen/core';
import { referenceTarget } from '@preopen/pipeline';
import { startProbeServer } from '@preopen/profiler';

const warmUp = 6000;
const perSample = 40;
const samples = 80;
const { signal } = new AbortController();
const workDir = mkdtempSync(join(tmpdir(), 'preopen-bench-kept-'));

/** Live heap gained per request, over the first 3,200 requests between collections and over the next. */
async function keptPerRequest(flags) {
  const { command, ...config } = referenceTarget().service;
  const probes = await startProbeServer();
  const first = await startService(
    { ...config, name: 'reference', command: [command[0], ...flags, ...command.slice(1)] },
    { clock: systemClock, signal, workDir, configDir: workDir },
  );
  try {
    const service = await first.restart(signal, probes.environment);
    const request = service.codec.encode(service.batch(50, 1), service.model);
    const send = async (count) => {
      for (let i = 0; i < count; i++) {
        const { outcome } = await service.send(request, { signal });
        if (outcome !== 'ok') throw new Error(`a request failed: ${outcome}`);
      }
    };
    await send(warmUp);
    const [node] = probes.processes();
    const slopes = [];
    for (const _ of [1, 2]) {
      const heapBytes = [];
      for (let i = 0; i < samples; i++) {
        await send(perSample);
        heapBytes.push((await node.settle()).heapBytes);
      }
      slopes.push(theilSen(Array.from(heapBytes.keys()), heapBytes).slope / perSample);
    }
    return slopes;
  } finally {
    await first.stop();
    await probes.close();
  }
}

try {
  const ours = await keptPerRequest([]);
  const bare = await keptPerRequest(['--no-flush-bytecode', '--no-opt', '--no-sparkplug']);
  const rows = ['first', 'next'].map((which, k) => ({
    name: `live heap gained per request, over the ${which} ${perSample * samples} between collections`,
    unit: 'B',
    better: 'lower',
    ours: ours[k],
    peer: { name: 'without V8’s optimizing and baseline compilers', value: bare[k] },
    ratio: null,
  }));
  console.log(JSON.stringify({ rows }));
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
