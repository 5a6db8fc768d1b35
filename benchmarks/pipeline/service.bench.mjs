// The reference service over loopback: a whole market in one request, and single stocks one after the other.
// The limit of the specification stands beside as the peer of the first row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile, startService, systemClock } from '@preopen/core';
import { referenceTarget } from '@preopen/pipeline';

const workDir = mkdtempSync(join(tmpdir(), 'preopen-bench-'));
const { signal } = new AbortController();
const service = await startService(
  { ...referenceTarget().service, name: 'reference' },
  { clock: systemClock, workDir, configDir: workDir, signal },
);
const rows = [];
try {
  const send = async (count, times) => {
    const durations = [];
    for (let k = 0; k < times; k++) {
      const request = service.codec.encode(service.batch(count, k), service.model);
      const { outcome, sentMs, doneMs, problem } = await service.send(request);
      if (outcome !== 'ok') throw new Error(`${outcome}: ${problem}`);
      durations.push(doneMs - sentMs);
    }
    return Float64Array.from(durations).sort();
  };
  await send(2000, 50);
  const whole = quantile(await send(2000, 300), 0.95);
  rows.push({
    name: `P95 of a request for 2000 stocks × ${service.metadata.features} features`,
    unit: 'ms',
    better: 'lower',
    ours: whole,
    peer: { name: 'limit of the specification', value: 100 },
    ratio: whole / 100,
  });
  await send(1, 500);
  const start = performance.now();
  const single = await send(1, 3000);
  rows.push({
    name: 'single-stock requests one after the other, one connection',
    unit: '1/s',
    better: 'higher',
    ours: (3000 / (performance.now() - start)) * 1000,
    peer: null,
    ratio: null,
    note: `median ${quantile(single, 0.5).toFixed(3)} ms`,
  });
} finally {
  await service.stop();
  rmSync(workDir, { recursive: true, force: true });
}
console.log(JSON.stringify({ rows }));
