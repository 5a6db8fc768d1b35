import { judgeRequirements, overallVerdict, parseRequirement, serializeResults } from '@preopen/core';
import { certify, readSigningKey } from '../dist/index.js';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck, plainResults } from './plain-results.mjs';

/** A certified run with one requirement, so that its files are short. */
export async function aShortCertificate(privateKey) {
  const check = plainCheck({
    measurements: [
      {
        metric: 'latency.inference.p95',
        value: 61,
        unit: 'ms',
        samples: 4000,
        interval: { low: 59, high: 64, confidence: 0.95, method: 'batch-exceedance' },
      },
    ],
  });
  const requirements = judgeRequirements([parseRequirement('latency.inference.p95 < 100 ms')], [check]);
  const { run } = plainResults({});
  const results = plainResults({
    run: { ...run, suite: 'quick', scale: { ...run.scale, users: 2 } },
    checks: [check],
    requirements,
    verdict: overallVerdict(requirements),
  });
  const bytes = new TextEncoder().encode(serializeResults(results));
  const key = readSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }), 'a new key');
  const nowMs = Date.parse('2026-01-05T00:02:00Z');
  const { envelope } = await certify(results, { resultsBytes: bytes, key, nowMs });
  return { certificate: envelope, results: bytes, key: key.publicPem, nowMs };
}
