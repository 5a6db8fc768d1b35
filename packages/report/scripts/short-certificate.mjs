import { judgeRequirements, overallVerdict, parseRequirement, serializeResults } from '@preopen/core';
import { certify, readSigningKey } from '../dist/index.js';

/** A certified run with one requirement, so that its files are short. */
export async function aShortCertificate(privateKey) {
  const check = {
    id: 'latency/inference',
    title: 'Inference latency',
    status: 'completed',
    startedAt: '2026-01-05T00:00:00.000Z',
    durationMs: 1234,
    noise: null,
    measurements: [
      {
        metric: 'latency.inference.p95',
        value: 61,
        unit: 'ms',
        samples: 4000,
        interval: { low: 59, high: 64, confidence: 0.95, method: 'batch-exceedance' },
      },
    ],
    notMeasured: [],
    series: [],
    evidence: [],
    notes: [],
  };
  const requirements = judgeRequirements([parseRequirement('latency.inference.p95 < 100 ms')], [check]);
  const noise = {
    foreignCpuShare: 0,
    stealShare: 0,
    cpuPressureShare: null,
    calibrationRatio: 1,
    contaminated: false,
    reason: '',
  };
  const results = {
    schemaVersion: 1,
    run: {
      id: 'one',
      suite: 'quick',
      startedAt: '2026-01-05T00:00:00.000Z',
      durationMs: 1300,
      seed: 42,
      seedGiven: false,
      scale: { stocks: 2000, days: 252, users: 2 },
      tool: { name: 'preopen', version: '0.1.0' },
      status: 'completed',
    },
    environment: {
      cpu: 'Test CPU',
      cores: 2,
      memoryBytes: 8e9,
      os: 'Linux 6.1.0 x64',
      node: '20.20.2',
      container: null,
      cgroup: { version: 2, memoryLimitBytes: null, cpuLimitCores: null },
      cpuGovernor: null,
      noise,
    },
    target: {
      name: 'mine',
      kind: ['service'],
      digest: `sha256:${'0'.repeat(64)}`,
      binding: 'bytes',
      description: 'python3 serve.py',
    },
    dataset: { source: 'none', stocks: 0, days: 0, digest: null, origin: 'no check needed market data' },
    checks: [check],
    requirements,
    verdict: overallVerdict(requirements),
    notes: [],
  };
  const bytes = new TextEncoder().encode(serializeResults(results));
  const key = readSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }), 'a new key');
  const nowMs = Date.parse('2026-01-05T00:02:00Z');
  const { envelope } = await certify(results, { resultsBytes: bytes, key, nowMs });
  return { certificate: envelope, results: bytes, key: key.publicPem, nowMs };
}
