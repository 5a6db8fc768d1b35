import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as market from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
/** Code blocks that tell what their lines give: `expression; // => JSON`. */
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)]
  .map(([, code]) => code!)
  .filter((code) => code.includes('// =>'));

describe('the examples of the README', () => {
  it('are there', () => expect(blocks.length).toBeGreaterThanOrEqual(3));
  it.each(blocks.map((code) => [/import \{ (\w+)/.exec(code)![1], code] as const))(
    'from %s on give what they say',
    (_, code) => {
      const body = code
        .replace(/^import .*$/gm, '')
        .replace(
          /^(.+); \/\/ => (.+)$/gm,
          (_line, expression, expected) => `given.push([${expression}, ${expected}]);`,
        );
      const given: [unknown, unknown][] = [];
      new Function('given', ...Object.keys(market), body)(given, ...Object.values(market));
      for (const [value, expected] of given) expect(value).toEqual(expected);
      expect(given.length).toBeGreaterThan(0);
    },
  );
});
