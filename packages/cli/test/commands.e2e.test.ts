import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Booster } from '@preopen/lightgbm-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { aFolder, preopen, until } from './support/command.ts';

const made = aFolder('commands');
afterAll(() => rmSync(made, { recursive: true }));

const json = async (args: string[]): Promise<unknown> => {
  const run = preopen([...args, '--json'], made);
  expect(await run.ended, run.err()).toBe(0);
  return JSON.parse(run.out());
};

describe('preopen market', () => {
  it('tells the calendar of a year', async () => {
    const calendar = (await json(['market', 'calendar', '2025'])) as {
      year: number;
      tradingDays: string[];
      closures: { date: string; reason: string; source: string }[];
    };
    expect(calendar.year).toBe(2025);
    expect(calendar.tradingDays[0]).toBe('2025-01-02');
    expect(calendar.tradingDays).toHaveLength(243);
    expect(calendar.closures[0]).toEqual({
      date: '2025-01-01',
      reason: expect.stringContaining('Founding Day'),
      source: expect.stringContaining('observed'),
      certainty: 'observed',
    });
  });
  it('answers for years to come with the mark of an estimate', async () => {
    const calendar = (await json(['market', 'calendar', '2027'])) as {
      estimated: boolean;
      tradingDays: string[];
      closures: { certainty: string }[];
    };
    expect(calendar.estimated).toBe(true);
    expect(calendar.tradingDays).not.toContain('2027-02-08');
    expect(calendar.closures.every(({ certainty }) => certainty === 'projected')).toBe(true);
    const shown = preopen(['market', 'calendar', '2027'], made);
    expect(await shown.ended).toBe(0);
    expect(shown.out()).toContain('estimated');
    const beyond = preopen(['market', 'calendar', '2080'], made);
    expect(await beyond.ended).toBe(2);
    expect(beyond.err()).toContain('to 2050-12-31');
  });
  it('tells the limits of a day', async () => {
    expect(await json(['market', 'limits', '--reference', '580', '--date', '2020-03-19'])).toEqual({
      down: 522,
      up: 638,
      tick: 1,
    });
    expect(
      await json(['market', 'limits', '--reference', '580', '--date', '2020-03-19', '--instrument', 'etf-foreign']),
    ).toMatchObject({ down: null, up: null });
    const wrong = preopen(['market', 'limits', '--reference', '580', '--date', '2020-02-30'], made);
    expect(await wrong.ended).toBe(2);
    expect(wrong.err()).toContain('is no date');
  });
  it('simulates the same market for the same seed', async () => {
    const one = (await json([
      'market',
      'simulate',
      '--stocks',
      '30',
      '--days',
      '20',
      '--seed',
      '1',
      '--out',
      'one',
    ])) as { digest: string };
    const two = (await json([
      'market',
      'simulate',
      '--stocks',
      '30',
      '--days',
      '20',
      '--seed',
      '1',
      '--out',
      'two',
    ])) as { digest: string };
    expect(two.digest).toBe(one.digest);
    const again = preopen(['market', 'simulate', '--stocks', '30', '--days', '20', '--out', 'one'], made);
    expect(await again.ended).toBe(2);
    expect(again.err()).toContain('exists already');
  });
});

const fixtures = new URL('../../../../shared/fixtures/lightgbm/', import.meta.url);

describe.skipIf(!existsSync(fixtures))('preopen model (needs the shared LightGBM fixtures)', () => {
  const at = (file: string): string => fileURLToPath(new URL(file, fixtures));

  it('trains from a LightGBM configuration what LightGBM itself trains', async () => {
    const run = preopen(['model', 'train', at('binary/train.conf'), 'output_model=own.txt'], made);
    expect(await run.ended, run.err()).toBe(0);
    const trees = (text: string): string => text.slice(text.indexOf('Tree=0'), text.indexOf('end of trees'));
    expect(trees(readFileSync(join(made, 'own.txt'), 'utf8'))).toBe(
      trees(readFileSync(at('binary/model.txt'), 'utf8')),
    );
  });

  it.each(['raw', 'leaf', 'contrib'])('predicts %s as LightGBM does', async (kind) => {
    const run = preopen(['model', 'predict', at('binary/model.txt'), at('binary/test.csv'), '--output', kind], made);
    expect(await run.ended, run.err()).toBe(0);
    const numbers = (text: string): number[][] =>
      text
        .trim()
        .split('\n')
        .map((line) => line.split('\t').map(Number));
    expect(numbers(run.out())).toEqual(numbers(readFileSync(at(`binary/pred.${kind}.tsv`), 'utf8')));
  });

  it('shows what a model is, and refuses what is none', async () => {
    const run = preopen(['model', 'inspect', at('binary/model.txt')], made);
    expect(await run.ended, run.err()).toBe(0);
    expect(run.out()).toMatch(/binary.*25 trees[\s\S]*Gain by feature[\s\S]*Tree 0:/);
    const wrong = preopen(['model', 'inspect', at('binary/train.csv')], made);
    expect(await wrong.ended).toBe(2);
    expect(wrong.err()).toContain('train.csv');
  });
});

/** Text of a small model of one feature. */
async function aModel(): Promise<string> {
  const x = Float64Array.from({ length: 100 }, (_, i) => i % 17);
  const params = { objective: 'regression', num_iterations: 3, min_data_in_leaf: 5, verbosity: -1 };
  const booster = await Booster.train({ data: { rowCount: 100, columns: [x], names: ['x'] }, label: x, params });
  const text = booster.toModelText();
  booster.dispose();
  return text;
}

describe('preopen serve and report', () => {
  it('counts for Prometheus, and takes a new model on SIGHUP or POST /reload; a bad one leaves the old in service', async () => {
    const model = join(made, 'served.txt');
    writeFileSync(model, await aModel());
    const service = preopen(['serve', '--model', model, '--port', '0', '--admin-port', '0'], made);
    await until('the service listens', () => service.out().includes('/metrics'));
    const metrics = service.out().trim().split('\n')[1]!;
    const loads = async (): Promise<string> =>
      /^preopen_model_loads_total .*/m.exec(await (await fetch(metrics)).text())![0];
    expect(await loads()).toBe('preopen_model_loads_total 1');
    service.child.kill('SIGHUP');
    await until('the model is read again', () => service.err().includes('are in service'));
    expect((await fetch(metrics.replace('/metrics', '/reload'), { method: 'POST' })).status).toBe(200);
    expect(await loads()).toBe('preopen_model_loads_total 3');
    writeFileSync(model, 'rubbish');
    service.child.kill('SIGHUP');
    await until('it is refused', () => service.err().includes('What is in service stays: the model cannot be read'));
    service.child.kill('SIGTERM');
    expect(await service.ended, service.err()).toBe(0);
    const absent = preopen(['serve', '--model', join(made, 'none.txt')], made);
    expect(await absent.ended).toBe(2);
    expect(absent.err()).toContain('cannot read the model');
  }, 60_000);
  it('serves the reference model, is measured by its address, and its run is drawn again', async () => {
    const service = preopen(['serve', '--port', '0'], made);
    await until('the service listens', () => service.out().includes('/v2/models/reference'));
    const url = service.out().trim().replace('/v2/models/reference', '');
    const config = join(made, 'preopen.config.json');
    writeFileSync(config, JSON.stringify({ targets: { served: { service: { url, model: 'reference' } } } }));
    const run = preopen(['run', '--only', 'latency/inference', '--output-dir', 'out'], made);
    expect(await run.ended, run.err()).toBe(0);
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    const redrawn = preopen(['report', 'out', '--output-dir', made], made);
    expect(await redrawn.ended, redrawn.err()).toBe(0);
    expect(readFileSync(join(made, 'report.html'), 'utf8')).toContain('latency.inference.p95');
    const absent = preopen(['report', 'nowhere'], made);
    expect(await absent.ended).toBe(2);
    expect(absent.err()).toContain('there is no nowhere');
  }, 120_000);
});

describe('a command whose talk nobody reads any more', () => {
  it('ends with the exit code of what happened, not as if a requirement had failed', async () => {
    const run = preopen(['run', '--suite', 'quik'], made);
    run.child.stderr?.destroy();
    expect(await run.ended).toBe(2);
  });
});
