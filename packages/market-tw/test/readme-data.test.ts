import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import * as market from '../src/index.ts';
import { threeStocks } from './support/intraday-panel.ts';
import { scratchFiles } from './support/scratch-files.ts';

const files = scratchFiles();
afterAll(() => files.remove());
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The README's example that imports a name, with its paths inside the scratch folder. */
function example(name: string): string {
  const code = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, block]) => block!)
    .find((block) => new RegExp(`import \\{[^}]*\\b${name}\\b`).test(block));
  return code!
    .replace(/^import .*$/gm, '')
    .replace(/'(raw\/|dividends\.json|prices\.parquet)'/g, (_, path) => `'${files.root}/${path}'`);
}
const run = (code: string, given: Record<string, unknown>, result: string): Promise<unknown> => {
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  const names = { ...market, ...given };
  return new AsyncFunction(...Object.keys(names), `${code}\nreturn ${result};`)(
    ...Object.values(names),
  ) as Promise<unknown>;
};

it('the README’s example of real data runs as it stands', async () => {
  mkdirSync(`${files.root}/raw`);
  files.write(
    'raw/6895.csv',
    'date,open,high,low,close,volume,change\n2024-03-21,103,104,103,103.5,1000,0.5\n2024-03-22,101,102,101,101.5,1000,X0.00\n',
  );
  files.write(
    'dividends.json',
    JSON.stringify({
      stat: 'ok',
      tables: [{ fields: ['除權息日期', '代號', '除權息參考價'], data: [['113/03/22', '6895', '101.30']] }],
    }),
  );
  expect(
    await run(
      example('readMarketData'),
      {},
      '[panel.fields.reference[1], files.length, quarantined.length, totals.error, findings.length]',
    ),
  ).toEqual([101.3, 2, 0, 0, Object.keys(market.findingKinds).length]);
  expect((await market.readMarketData(`${files.root}/prices.parquet`)).panel.dates).toHaveLength(2);
});

it('the README’s example of a day as events runs as it stands', async () => {
  expect(
    await run(example('intradayDay'), { panel: threeStocks() }, '[day.stocks.length, feed.url.slice(0, 15)]'),
  ).toEqual([3, 'ws://127.0.0.1:']);
});
