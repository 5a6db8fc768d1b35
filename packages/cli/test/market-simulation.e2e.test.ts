import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const made = aFolder('market-simulation');
afterAll(() => rmSync(made, { recursive: true }));
const run = async (...args: string[]) => {
  const started = preopen(args, made);
  return { code: await started.ended, out: started.out(), err: started.err() };
};
const simulate = (out: string, seed: string, ...more: string[]) =>
  run('market', 'simulate', '--stocks', '60', '--days', '50', '--seed', seed, '--out', out, '--json', ...more);
const fileDigests = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(made, folder))
      .filter((name) => /\.(csv|parquet)$/.test(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(made, folder, name)))
          .digest('hex'),
      ]),
  );

type Described = { readonly digest: string; readonly stocks: number; readonly days: number };
let one: Described;
let again: Described;
let stormy: Described;
beforeAll(async () => {
  const all = await Promise.all([
    simulate('one', '1'),
    simulate('again', '1'),
    simulate('stormy', '1', '--scenario', 'limit-down-cascade'),
  ]);
  for (const { code, err } of all) expect(code, err).toBe(0);
  [one, again, stormy] = all.map(({ out }) => JSON.parse(out)) as [Described, Described, Described];
}, 60_000);

describe('preopen market simulate', () => {
  it('writes the same files with the same digest for the same seed, in processes of their own', () => {
    expect(one).toMatchObject({ stocks: 60, days: 50, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(again.digest).toBe(one.digest);
    const files = fileDigests('one');
    expect(Object.keys(files)).toContain('prices.csv');
    expect(fileDigests('again')).toEqual(files);
  });
  it('writes another market for another seed, and under a scenario', async () => {
    const { code, out, err } = await simulate('other', '2');
    expect(code, err).toBe(0);
    expect(new Set([one.digest, JSON.parse(out).digest, stormy.digest]).size).toBe(3);
  });
  it('refuses a scenario and a period at once, and makes no folder', async () => {
    const { code, err } = await simulate('both', '1', '--scenario', 'halt-storm', '--period', 'covid-2020');
    expect(code).toBe(2);
    expect(err).toContain('not both');
    expect(existsSync(join(made, 'both'))).toBe(false);
  });
});

describe('preopen market compare', () => {
  it('prints the statistics of two panels as one JSON document: a cascade has limit-down closes that calm has not', async () => {
    const { code, out, err } = await run('market', 'compare', 'one', 'stormy', '--json');
    expect(code, err).toBe(0);
    const { a, b, statistics } = JSON.parse(out) as {
      a: unknown;
      b: unknown;
      statistics: { statistic: string; a: number; b: number }[];
    };
    expect(a).toMatchObject({ path: 'one', to: '2025-12-31' });
    expect(b).toMatchObject({ path: 'stormy', to: '2025-12-31' });
    const of = (name: string) => statistics.find(({ statistic }) => statistic === name)!;
    expect(of('limitCloses').b).toBeGreaterThan(2 * of('limitCloses').a);
    expect(of('limitLocks').b).toBeGreaterThan(of('limitLocks').a);
    expect(of('semiconductorTurnover').a).toBeGreaterThan(0);
  });
  it('finds a panel and its copy to be the same, as a table', async () => {
    const { code, out, err } = await run('market', 'compare', 'one', 'again');
    expect(code, err).toBe(0);
    const rows = out.trimEnd().split('\n');
    expect(rows[0]).toMatch(/^\s+one\s+again$/);
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows.slice(1)) {
      const [left, right] = row
        .trim()
        .split(/\s{2,}/)
        .slice(-2);
      expect(right, row).toBe(left);
    }
  });
  it('names what is not there', async () => {
    const { code, err } = await run('market', 'compare', 'one', 'nowhere');
    expect(code).toBe(2);
    expect(err).toContain('nowhere');
  });
});

describe('preopen market plot', () => {
  /** Every tag is closed by its like: enough of XML to tell a picture from a torn one. */
  const isWellFormed = (svg: string): boolean => {
    const open: string[] = [];
    for (const [, close, name, rest] of svg.matchAll(/<(\/?)([a-zA-Z]+)((?:[^<>"]|"[^"]*")*)>/g)) {
      if (close) {
        if (open.pop() !== name) return false;
      } else if (!rest!.endsWith('/')) open.push(name!);
    }
    const text = svg.replace(/<\/?[a-zA-Z]+(?:[^<>"]|"[^"]*")*>/g, '');
    return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot|apos|#\d+);)|NaN|undefined|Infinity/.test(text);
  };
  const numbersOf = (svg: string): string[] => [...svg.matchAll(/ (?:d|points|x|y)="([^"]*)"/g)].map(([, at]) => at!);

  it.each([
    ['panels', ['one', 'stormy'], 'panels.svg', ['one', 'stormy']],
    [
      'a period beside the real index',
      ['--period', 'covid-2020', '--stocks', '100', '--seed', '1'],
      'covid.svg',
      ['TAIEX'],
    ],
  ] as const)('draws %s as a file of well-formed SVG', async (_, args, file, words) => {
    const { code, out, err } = await run('market', 'plot', ...args, '--out', file);
    expect(code, err).toBe(0);
    expect(out).toBe(`${file}\n`);
    const svg = readFileSync(join(made, file), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(isWellFormed(svg)).toBe(true);
    expect(numbersOf(svg).length).toBeGreaterThan(5);
    expect(numbersOf(svg).join(' ')).not.toMatch(/NaN|undefined|Infinity/);
    for (const word of words) expect(svg).toContain(word);
  });
  it('refuses neither data nor a period', async () => {
    const { code, err } = await run('market', 'plot', '--out', 'none.svg');
    expect(code).toBe(2);
    expect(err).toContain('not both');
    expect(existsSync(join(made, 'none.svg'))).toBe(false);
  });
});
