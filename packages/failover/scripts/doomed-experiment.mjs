// A tester that is to be killed: `node doomed-experiment.mjs FAULT FOLDER JOURNALDIR UPSTREAM_URL`. It starts a service of its own,
// runs a whole experiment with a fault that outlasts it, and says what becomes of it: `in effect`, or why it is not.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService, systemClock } from '@preopen/core';
import { defineExperiment, parseFault, runExperiment, wireTaiwanFaults } from '@preopen/failover';
import { taiwanMarket } from '../mutants/taiwan-market.mjs';

// Ends with whoever started it: what was to kill it may be killed itself.
process.stdin.on('end', () => process.exit(0)).resume();

const [text, folder, journalDir, upstream] = process.argv.slice(2);
const { signal } = new AbortController();
const say = (what) => process.stdout.write(`${what}\n`);
const service = await startService(
  {
    kind: 'command',
    name: 'victim',
    model: 'alpha',
    command: [process.execPath, fileURLToPath(new URL('../mutants/service.mjs', import.meta.url)), '{port}'],
    readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
    env: { FEATURE_STORE_URL: upstream },
    upstreams: { features: { env: 'FEATURE_STORE_URL', url: upstream } },
  },
  { clock: systemClock, signal, workDir: folder, configDir: folder },
);
say(`serves ${service.process.pid} ${service.url.port}`);
const durationMs = 60_000;
const ofMarket = wireTaiwanFaults.find(({ id }) => id === text);
const model = join(folder, 'model.txt');
writeFileSync(model, 'leaf_value=1 2\n');
// The service has no model to read again; what is seen is what becomes of the file.
const artefact = { path: model, reload: new URL(`http://127.0.0.1:${service.url.port}/reload`) };
const fault = ofMarket
  ? ofMarket.make({ intensity: 1, durationMs, rows: 2, market: taiwanMarket, artefact })
  : parseFault(text, { durationMs, restart: { by: 'us' } });
// Any state is steady enough: what is to be seen is what the fault leaves behind.
const tolerance = { p50Ratio: 1000, p95Ratio: 1000, absoluteMs: 10_000, errorShare: 0.9 };
const found = await runExperiment(
  defineExperiment({
    fault,
    steadyState: { warmUpMs: 200, baselineMs: 1500, tolerance },
    workload: { ratePerSecond: 120, rows: 2 },
  }),
  {
    service,
    clock: systemClock,
    signal,
    seed: 1,
    workDir: folder,
    journalDir,
    tell: (message) => {
      if (message === fault.title) say('in effect');
    },
  },
);
say(found.outcome === 'not-measured' ? found.reason : 'over before it was killed');
await service.stop();
process.exit(0);
