import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseResults, type Results } from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const made = aFolder('taiwan');
afterAll(() => rmSync(made, { recursive: true }));

async function stressed(args: string[]): Promise<Results> {
  const run = preopen(['run', '--suite', 'taiwan', '--json', ...args], made);
  expect(await run.ended, run.err()).toBe(0);
  return parseResults(run.out());
}

/** Verdicts of what was measured: `metric → verdict`. */
const verdicts = ({ requirements }: Results): Record<string, string> =>
  Object.fromEntries(
    requirements.filter(({ verdict }) => verdict !== 'not-measured').map(({ metric, verdict }) => [metric, verdict]),
  );

describe('the taiwan suite', () => {
  it('the reference target bears a storm of halts, as a pipeline and as a service', async () => {
    const results = await stressed([
      '--only',
      'taiwan/panel-halt-storm,taiwan/service-haltStorm,taiwan/service-holes,taiwan/service-fewStocks',
      ...['--stocks', '100', '--days', '63', '--output-dir', 'reference'],
    ]);
    const judged = verdicts(results);
    for (const metric of ['missingPredictions', 'missingAfterHalt', 'nonFinitePredictions', 'duration', 'peakRss'])
      expect(judged[`taiwan.halt-storm.${metric}`], metric).toBe('pass');
    for (const metric of ['haltStorm.errorShare', 'haltStorm.staleAnswers', 'fewStocks.errorShare', 'holes.errorShare'])
      expect(judged[`taiwan.${metric}`], metric).toBe('pass');
    const storm = results.checks.find(({ id }) => id === 'taiwan/panel-halt-storm')!;
    const measured = Object.fromEntries(storm.measurements.map(({ metric, value }) => [metric.split('.')[2], value]));
    for (const name of ['icStress', 'icCalm', 'icChange', 'semiconductorShare', 'semiconductorRisk', 'peakRss'])
      expect(measured[name], name).toEqual(expect.any(Number));
    expect(storm.notes.join(' ')).toMatch(/stock-days halted/);
  }, 240_000);

  it('a pipeline that loses stocks after a halt fails the halt storm by name, and nothing else', async () => {
    const naive = fileURLToPath(new URL('./support/forgets-halts.mjs', import.meta.url));
    writeFileSync(
      join(made, 'preopen.config.json'),
      JSON.stringify({
        targets: { naive: { pipeline: { command: [process.execPath, naive, '{input}', '{output}'] } } },
      }),
    );
    const results = await stressed([
      '--only',
      'taiwan/panel-halt-storm,taiwan/panel-foreign-outflow,taiwan/panel-typhoon-closure,taiwan/panel-tariffs-2025',
      ...['--stocks', '200', '--days', '84', '--output-dir', 'naive'],
    ]);
    expect(verdicts(results)).toEqual({
      'taiwan.halt-storm.missingPredictions': 'fail',
      'taiwan.halt-storm.missingAfterHalt': 'fail',
      'taiwan.halt-storm.nonFinitePredictions': 'pass',
      'taiwan.halt-storm.duration': 'pass',
      'taiwan.halt-storm.peakRss': 'pass',
      ...Object.fromEntries(
        ['foreign-outflow', 'typhoon-closure', 'tariffs-2025'].flatMap((id) =>
          ['missingPredictions', 'nonFinitePredictions', 'duration', 'peakRss'].map((name) => [
            `taiwan.${id}.${name}`,
            'pass',
          ]),
        ),
      ),
    });
    expect(results.verdict).toBe('fail');
  }, 240_000);
});
