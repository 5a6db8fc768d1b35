import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, root } from './support/documents.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const english = read('README.md');
const chinese = read('README.zh-TW.md');

/** Rows of each table, by its number of columns. */
const tables = (text: string): number[] =>
  [...text.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => table.trim().split('\n').length);
/** The links that lead elsewhere than to the other language. */
const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^README/.test(target))
    .toSorted();

describe('the README in Chinese', () => {
  it('has the same code, line by line', () => {
    expect(codeBlocks(chinese)).toHaveLength(codeBlocks(english).length);
    expect(codeBlocks(chinese).map(({ language, code }) => ({ language, code }))).toEqual(
      codeBlocks(english).map(({ language, code }) => ({ language, code })),
    );
  });

  it('has the same sections, tables of the same length, and the same links', () => {
    expect(chinese.match(/^## /gm)).toHaveLength(english.match(/^## /gm)!.length);
    expect(tables(chinese)).toEqual(tables(english));
    expect(links(chinese)).toEqual(links(english));
  });
});

it.each([
  ['README.md', english],
  ['README.zh-TW.md', chinese],
])('%s has the size and the import time of every package', (_, text) => {
  const [, table = ''] = /<!-- sizes -->\n([\s\S]*?)<!-- \/sizes -->/.exec(text) ?? [];
  for (const name of readdirSync(join(root, 'packages')))
    expect(table).toMatch(new RegExp(`^\\| .@preopen/${name}. \\| [\\d.]+ MB `, 'm'));
});
