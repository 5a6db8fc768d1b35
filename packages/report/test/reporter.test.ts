import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtinReporters, defineReporter, type Reporter, runReporters, tellReporters } from '../src/reporter.ts';
import { aRun } from './support/runs.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reporters-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const printed: string[] = [];
const run = (reporters: Reporter[], patienceMs = 30_000) =>
  runReporters(reporters, aRun(), { dir, print: (text) => void printed.push(text), patienceMs });

describe('reporters', () => {
  it('that come with the package write their files', async () => {
    const { files, problems } = await run(Object.values(builtinReporters()));
    expect(problems).toEqual([]);
    expect(files.toSorted()).toEqual([
      'datapackage.json',
      'junit.xml',
      'measurements.csv',
      'metrics.txt',
      'report.html',
      'summary.md',
    ]);
    expect(readdirSync(dir).toSorted()).toEqual(files.toSorted());
    expect(printed.join('')).toContain('::error ');
  });
  it('of one’s own get the results and write what they like', async () => {
    await run([
      defineReporter({ name: 'mine', onRunEnd: (results, output) => output.write('mine.txt', results.verdict) }),
    ]);
    expect(readFileSync(join(dir, 'mine.txt'), 'utf8')).toBe('fail');
  });
  it('that throw, hang, or lead out of the folder cost their own output alone', async () => {
    const wild: Reporter[] = [
      {
        name: 'throws',
        onRunEnd: () => {
          throw new Error('broken');
        },
      },
      { name: 'hangs', onRunEnd: () => new Promise(() => undefined) },
      { name: 'wanders', onRunEnd: (_, output) => output.write('../out.txt', '') },
      { name: 'overwrites', onRunEnd: (_, output) => output.write('results.json', '{}') },
    ];
    const { files, problems } = await run([...wild, builtinReporters().junit!], 50);
    expect(files).toEqual(['junit.xml']);
    expect(problems.map((problem) => problem.split(' ')[2])).toEqual(['throws', 'hangs', 'wanders', 'overwrites']);
    expect(() =>
      tellReporters(
        [
          {
            name: 'x',
            onEvent: () => {
              throw new Error('no');
            },
          },
        ],
        { type: 'save-failed', message: '' },
      ),
    ).not.toThrow();
  });
  it('cannot change what others see', async () => {
    const liar: Reporter = {
      name: 'liar',
      onRunEnd: (results) => {
        (results as { verdict: string }).verdict = 'pass';
      },
    };
    const { problems } = await run([
      liar,
      { name: 'after', onRunEnd: (results, output) => output.write('after.txt', results.verdict) },
    ]);
    expect(problems).toHaveLength(1);
    expect(readFileSync(join(dir, 'after.txt'), 'utf8')).toBe('fail');
  });
});
