import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../src/internal/atomic-file.ts';
import { parseRequirement } from '../src/requirement-parser.ts';
import { parseResults, readResults, serializeResults, writeResults } from '../src/results-file.ts';
import { judgeRequirements, overallVerdict } from '../src/verdict.ts';
import { aCheckResult, aRun } from './support/results-builders.ts';

const folders: string[] = [];
const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'core-results-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const judgedRun = () => {
  const checks = [
    aCheckResult({
      measurements: [
        {
          metric: 'latency.inference.p95',
          value: 61,
          unit: 'ms',
          samples: 1000,
          interval: { low: 59, high: Number.POSITIVE_INFINITY, confidence: 0.95, method: 'batch-exceedance' },
        },
      ],
      series: [
        {
          id: 'a.b',
          title: 'A',
          columns: [
            { name: 'date', values: ['2026-01-05', null] },
            { name: 'ms', unit: 'ms', values: [1, null] },
          ],
        },
      ],
      evidence: [{ title: 'log', path: 'evidence/a/b.log', mediaType: 'text/plain' }],
    }),
  ];
  const requirements = judgeRequirements(
    [parseRequirement('latency.inference.p95 < 100 ms'), parseRequirement('ic.mean > 0.05')],
    checks,
  );
  return aRun({ checks, requirements, verdict: overallVerdict(requirements) });
};

describe('results documents', () => {
  it('come back as they were written, open intervals included', async () => {
    const run = judgedRun();
    expect(await parseResults(serializeResults(run))).toEqual(run);
  });
  it('are refused with the place of each fault', async () => {
    const broken = JSON.parse(serializeResults(judgedRun()));
    broken.checks[0].status = 'perfect';
    broken.verdict = 42;
    await expect(parseResults(JSON.stringify(broken))).rejects.toThrow(/\/checks\/0\/status[\s\S]*\/verdict/);
  });
  it('may not hold a measured value under a requirement that was not measured', async () => {
    const broken = JSON.parse(serializeResults(judgedRun()));
    broken.requirements[1].measured = broken.requirements[0].measured;
    await expect(parseResults(JSON.stringify(broken))).rejects.toThrow('/requirements/1');
  });
  it('may not name evidence outside of the run’s folder', async () => {
    const broken = JSON.parse(serializeResults(judgedRun()));
    for (const path of ['/etc/passwd', '../x', 'evidence/../../x']) {
      broken.checks[0].evidence[0].path = path;
      await expect(parseResults(JSON.stringify(broken))).rejects.toThrow('/evidence/0/path');
    }
  });
  it('of a newer version are refused with that word', async () => {
    await expect(parseResults('{"schemaVersion":2}')).rejects.toThrow('newer');
  });
  it('that are cut off are refused with that word', async () => {
    await expect(parseResults(serializeResults(judgedRun()).slice(0, 500))).rejects.toThrow('cut off');
  });
  it('are written and read through a file', async () => {
    const path = join(aFolder(), 'results.json');
    await writeResults(path, judgedRun());
    expect(await readResults(path)).toEqual(judgedRun());
    await expect(readResults(`${path}x`)).rejects.toThrow('cannot read');
  });
});

describe('writeFileAtomic', () => {
  it('keeps the old content and leaves no temporary file when it fails', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'a.txt'), 'old');
    await expect(writeFileAtomic(join(folder, 'a.txt', 'b.txt'), 'new')).rejects.toThrow();
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });
});
