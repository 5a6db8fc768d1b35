import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
      source: 'observed',
    });
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

describe('preopen serve and report', () => {
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
    expect(absent.err()).toContain('cannot read');
  }, 120_000);
});
