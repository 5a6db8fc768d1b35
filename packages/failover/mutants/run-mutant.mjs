import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, openPipeline, startService, systemClock } from '@preopen/core';
import {
  defineExperiment,
  findingsOf,
  parseFault,
  pipelineDataFaults,
  pipelineKill,
  runExperiment,
  serviceDataFaults,
} from '@preopen/failover';
import { writePrices } from './dataset.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { signal } = new AbortController();

/** What a mutant, or its correct twin, was found to be: labels with their sentences, or why nothing was found out. */
const measured = (labels) => ({ labels });
const notMeasured = (reason) => ({ labels: [], reason });

/** Traffic and times as short as findings allow: nothing here depends on how long a recovery takes. */
const scene = {
  steadyState: {
    warmUpMs: 500,
    baselineMs: 1800,
    tolerance: { p50Ratio: 3, p95Ratio: 3, absoluteMs: 40, errorShare: 0.01, holdMs: 1500 },
  },
  horizonMs: 6000,
  // The lock and the journal are those of one instance.
  control: 'none',
};
const workload = { ratePerSecond: 80, rows: 3, timeoutMs: 1200 };
const faultMs = {
  'down@features': 1200,
  'timeout@features': 2000,
  'latency@features:400ms': 2500,
  'latency@features:80ms': 2000,
  exceptions: 1500,
  pause: 800,
  'clock:-60s': 1500,
  writes: 1000,
};

/** The feature store of one mutant, as a process of its own. */
async function startStore(answerMs) {
  const store = spawn(process.execPath, [here('feature-store.mjs'), String(answerMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve) => store.stdout.once('data', (chunk) => resolve(Number(String(chunk)))));
  return { url: `http://127.0.0.1:${port}`, stop: () => store.stdin.end() };
}

function contextIn(folder, seed, more) {
  return {
    signal,
    clock: systemClock,
    seed,
    random: (purpose) => createRandom(seed, purpose),
    scale: { stocks: 10, days: 10, users: 1 },
    budgetMs: 60_000,
    workDir: mkdtempSync(join(folder, 'check-')),
    keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
    emit: () => undefined,
    undecided: () => false,
    shared: (_key, make) => make(),
    ...more,
  };
}

/** Metrics of an outcome that are above 0, as labels. */
const labelsIn = ({ measurements, notMeasured: missing = [], notes }, isFigure) => {
  if (measurements.length === 0) return notMeasured(missing[0]?.reason ?? notes[0] ?? 'nothing was measured');
  return measured(
    measurements
      .filter(({ metric, value }) => isFigure(metric) && value > 0)
      .map(({ metric, how }) => ({ label: metric, sentence: how })),
  );
};

/**
 * Runs a service, with its mistake or without, under the fault that shows it.
 * @param mutant an entry of `services`
 * @param options.mistake the mistake’s name, or nothing for the correct twin
 */
export async function runService({ fault: text, slots, storeMs = 4, journal }, { folder, seed = 1, mistake }) {
  const work = mkdtempSync(join(folder, 'service-'));
  const store = await startStore(storeMs);
  const journalPath = join(work, 'journal.ndjson');
  let service;
  try {
    service = await startService(
      {
        kind: 'command',
        name: 'mutant',
        model: 'alpha',
        command: [process.execPath, here('service.mjs'), '{port}', ...(mistake ? [mistake] : [])],
        readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
        env: {
          FEATURE_STORE_URL: store.url,
          STATE_DIR: work,
          ...(journal ? { JOURNAL: journalPath } : {}),
          ...(slots ? { SLOTS: String(slots) } : {}),
        },
        upstreams: { features: { env: 'FEATURE_STORE_URL', url: store.url } },
      },
      { clock: systemClock, signal, workDir: join(work, 'logs'), configDir: work },
    );
    if (text === 'wrong requests') {
      const outcome = await serviceDataFaults.run(contextIn(work, seed, { service }));
      return labelsIn(outcome, () => true);
    }
    const fault = parseFault(text, { durationMs: faultMs[text] ?? 0, restart: { by: 'us' } });
    const experiment = defineExperiment({
      ...scene,
      fault,
      workload: { ...workload, ...(journal ? { acknowledgements: journalPath } : {}) },
    });
    const found = await runExperiment(experiment, {
      service,
      clock: systemClock,
      signal,
      seed,
      workDir: join(work, 'fault'),
      journalDir: join(folder, 'undo'),
    });
    if (found.outcome !== 'measured') return notMeasured(found.reason);
    // A machine that stalls makes the service answer otherwise already before the fault.
    if (!found.answers.isComparable) return notMeasured(found.answers.reason);
    return measured(findingsOf(experiment, found).map(({ kind, sentence }) => ({ label: kind, sentence })));
  } finally {
    await service?.stop();
    store.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs a pipeline, with its mistake or without, on wrong data or with kills. */
export async function runPipeline({ fault, form }, { folder, seed = 1, mistake, kills = 6 }) {
  const work = mkdtempSync(join(folder, 'pipeline-'));
  try {
    const command = [
      process.execPath,
      here('pipeline.mjs'),
      '{input}',
      '{output}',
      form,
      ...(mistake ? [mistake] : []),
    ];
    const pipeline = openPipeline(
      { kind: 'command', command },
      { name: 'mutant', clock: systemClock, workDir: join(work, 'logs'), configDir: work },
    );
    const datasetAt = async ({ stocks, days }) => {
      const dir = mkdtempSync(join(work, 'data-'));
      writePrices(dir, { stocks, days });
      return { dir };
    };
    mkdirSync(join(work, 'logs'), { recursive: true });
    if (fault === 'wrong data') {
      const outcome = await pipelineDataFaults().run(
        contextIn(work, seed, { pipeline, datasetAt: () => datasetAt({ stocks: 12, days: 30 }) }),
      );
      return labelsIn(outcome, () => true);
    }
    const dataset = await datasetAt({ stocks: 150, days: 60 });
    const outcome = await pipelineKill({ kills }).run(contextIn(work, seed, { pipeline, dataset }));
    return { ...labelsIn(outcome, (metric) => !metric.endsWith('resumeTime')), notes: outcome.notes };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
