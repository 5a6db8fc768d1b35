import {
  coreRequirements,
  fullScaleRequirements,
  judgeRequirements,
  type Measurement,
  overallVerdict,
  type Results,
  serializeResults,
} from '@preopen/core';
import { attemptValues } from '../../src/certificate/attempts.ts';
import type { Bytes } from '../../src/certificate/bytes.ts';
import { sha256 } from '../../src/certificate/bytes.ts';
import { type Certified, certify } from '../../src/certificate/certify.ts';
import { generateSigningKey, type SigningKey } from '../../src/certificate/keys.ts';
import { type LedgerEntry, ledgerLine, noEntryBefore } from '../../src/certificate/ledger-chain.ts';
import { environmentClass } from '../../src/environment-class.ts';
import { aCheck, aRun } from './runs.ts';

const value = (metric: string, amount: number, unit: Measurement['unit'], spread = 0.02): Measurement => ({
  metric,
  value: amount,
  unit,
  samples: 4000,
  interval: { low: amount * (1 - spread), high: amount * (1 + spread), confidence: 0.95, method: 'batch-exceedance' },
});

/** Values that keep every limit of the profile with room to spare. */
const good: readonly Measurement[] = [
  value('latency.inference.p95', 61, 'ms'),
  value('throughput.predictions', 2400, '1/s'),
  value('memory.pipeline.peakRss', 7.9e9, 'bytes'),
  value('ic.mean', 0.08, 'ratio'),
  value('features.duration', 600, 's'),
  value('errors.rate', 0.001, 'ratio'),
  { metric: 'universe.stocks', value: 2000, unit: 'count', samples: 1 },
];

/** A run at full scale of a target whose bytes were hashed, in which everything passes unless changed. */
export function aFullRun(
  changes: Readonly<Record<string, Partial<Measurement> | undefined>> = {},
  rest: Partial<Results> = {},
): Results {
  const measurements = good.flatMap((one) => {
    const change = one.metric in changes ? changes[one.metric] : {};
    return change === undefined ? [] : [{ ...one, ...change }];
  });
  const checks = [aCheck({ measurements })];
  const requirements = judgeRequirements([...coreRequirements, ...fullScaleRequirements], checks);
  const run = aRun();
  return {
    ...run,
    run: { ...run.run, suite: 'comprehensive', scale: { stocks: 2000, days: 252, users: 50 } },
    target: { ...run.target, binding: 'bytes' },
    dataset: { ...run.dataset, stocks: 2000, days: 252 },
    checks,
    requirements,
    verdict: overallVerdict(requirements),
    ...rest,
  };
}

export const bytesOf = (results: Results): Bytes => new TextEncoder().encode(serializeResults(results));

/** A ledger in which these runs were started and ended one after the other; `undefined` stands for one that died. */
export async function aLedger(runs: readonly (Results | undefined)[]): Promise<Bytes[]> {
  const facts = runs.find((run) => run !== undefined) ?? aFullRun();
  const lines: Bytes[] = [];
  const add = async (entry: object): Promise<number> => {
    const last = lines.at(-1);
    const previous = last === undefined ? noEntryBefore : await sha256(last);
    lines.push(ledgerLine({ entry: lines.length + 1, previous, at: '2026-01-05T00:00:00Z', ...entry } as LedgerEntry));
    return lines.length;
  };
  for (const run of runs) {
    const { run: about, target, environment } = run ?? facts;
    const started = await add({
      kind: 'started',
      run: about.id,
      target: target.digest,
      suite: about.suite,
      scale: about.scale,
      environmentClass: environmentClass(environment),
    });
    if (run === undefined) continue;
    const results = await sha256(bytesOf(run));
    await add({ kind: 'finished', started, status: run.run.status, results, values: attemptValues(run) });
  }
  return lines;
}

export const aKey: ReturnType<typeof generateSigningKey> = generateSigningKey();
export const nowMs: number = Date.parse('2026-01-05T00:02:00Z');

/** A run, certified after these earlier attempts. */
export async function certified(
  results: Results,
  options: { readonly before?: readonly (Results | undefined)[]; readonly key?: SigningKey | null } = {},
): Promise<Certified & { readonly resultsBytes: Bytes; readonly ledger: readonly Bytes[] }> {
  const resultsBytes = bytesOf(results);
  const ledger = await aLedger([...(options.before ?? []), results]);
  const key = options.key === null ? {} : { key: options.key ?? aKey };
  return { ...(await certify(results, { resultsBytes, ...key, ledger, nowMs })), resultsBytes, ledger };
}
