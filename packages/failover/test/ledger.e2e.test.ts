import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, systemClock } from '@preopen/core';
import { afterAll, expect, it } from 'vitest';
import { defineExperiment } from '../src/experiment.ts';
import { findingsOf } from '../src/findings.ts';
import { killProcess } from '../src/process-faults.ts';
import { type ExperimentOutcome, runExperiment } from '../src/run-experiment.ts';

const folder = mkdtempSync(join(tmpdir(), 'failover-ledger-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();
const journal = join(folder, 'done.ndjson');

/** A service that writes down what it does, but of each of its lives not the 20th request, and the 30th twice. */
const code = `import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
let served = 0;
const documents = {
  '/v2/health/ready': {}, '/v2': { extensions: [] },
  '/v2/models/m': { name: 'm', inputs: [{ name: 'input', datatype: 'FP64', shape: [-1, 2] }] },
};
createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.method === 'GET') return response.end(JSON.stringify(documents[request.url] ?? {}));
    const [{ shape, data }] = JSON.parse(Buffer.concat(parts)).inputs;
    served++;
    const entry = JSON.stringify({ id: request.headers['x-request-id'] }) + '\\n';
    appendFileSync(${JSON.stringify(journal)}, served === 20 ? '' : served === 30 ? entry + entry : entry);
    const predictions = Array.from({ length: shape[0] }, (_, i) => data[2 * i]);
    response.end(JSON.stringify({ outputs: [{ name: 'y', shape: [shape[0]], datatype: 'FP64', data: predictions }] }));
  });
}).listen(Number(process.argv[2]), '127.0.0.1');`;

it('a request that was acknowledged and lost, and one that was done twice, are counted right through a crash', async () => {
  writeFileSync(join(folder, 'service.mjs'), code);
  const service = await startService(
    {
      kind: 'command',
      name: 'forgetful',
      model: 'm',
      command: [process.execPath, join(folder, 'service.mjs'), '{port}'],
      readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
    },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
  let outcome: ExperimentOutcome;
  const experiment = defineExperiment({
    fault: killProcess(),
    steadyState: {
      warmUpMs: 300,
      baselineMs: 1500,
      tolerance: { p50Ratio: 10, p95Ratio: 10, absoluteMs: 200, errorShare: 0.05, holdMs: 1500 },
    },
    workload: { ratePerSecond: 100, rows: 2, timeoutMs: 5000, acknowledgements: journal },
    horizonMs: 10_000,
    // A second instance would write to the same journal.
    control: 'none',
  });
  try {
    outcome = await runExperiment(experiment, {
      service,
      clock: systemClock,
      signal,
      seed: 1,
      workDir: join(folder, 'work'),
      journalDir: join(folder, 'undo'),
    });
  } finally {
    await service.stop();
  }
  if (outcome.outcome !== 'measured') throw new Error(outcome.reason);
  const ledger = outcome.ledger!;
  expect(ledger).toMatchObject({ lostAfterAnswer: 2, duplicated: 2, unexplained: 0 });
  expect(ledger.sent).toBe(ledger.answered + ledger.failed);
  expect(ledger.failed).toBeGreaterThan(0);
  // What stands in the journal is what was answered, less the lost, more the doubled and what nobody was told of.
  const entries = readFileSync(journal, 'utf8').trim().split('\n').length;
  expect(entries).toBe(ledger.answered - 2 + 2 + ledger.doneUnanswered);
  expect(findingsOf(experiment, outcome).map(({ kind }) => kind)).toEqual(['lost-after-answer', 'done-twice']);
});
