import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '../src/readers/market-data.ts';
import { type MarketData, readMarketData } from '../src/readers/market-data.ts';
import { securityKind } from '../src/readers/security-kind.ts';
import { stockOfFileName } from '../src/readers/title-facts.ts';
import { scratchFiles } from './support/scratch-files.ts';

const files = scratchFiles();
afterAll(() => files.remove());
let count = 0;
const read = (
  content: string | Uint8Array,
  name = `file-${++count}.csv`,
  options: ReadOptions = {},
): Promise<MarketData> => readMarketData(files.write(name, content), options);
/** Columns of a panel of one stock, by day. */
const bars = ({ panel }: MarketData): unknown =>
  panel.dates.map((date, t) => [
    date,
    panel.fields.open[t],
    panel.fields.high[t],
    panel.fields.low[t],
    panel.fields.close[t],
    panel.fields.volume[t],
  ]);

const stockDay = [
  '"2020/03  Daily Trading Value/Volume of 2330 "',
  '"Date","Trade Volume","Trade Value","Opening Price","Highest Price","Lowest Price","Closing Price","Change","Transaction",',
  '"2020/03/18","118,620,643","31,555,231,792","269.50","272.50","260.00","260.00","-8.00","53,985",',
  '"2020/03/19","160,811,697","39,559,889,553","252.00","253.00","235.50","248.00","X0.00","77,302",',
  '"2020/03/20","1","260","--","--","--","--"," 0.00","1",',
  '"Remarks:"',
  '" Symbols for Direction:+/-/ X represent Up/Down/Not compared.',
  '"',
  '',
].join('\r\n');

describe('official files of one stock', () => {
  it('are read by title and header; commas, quotes, dashes and remarks are understood', async () => {
    const data = await read(stockDay);
    expect(data.files[0]).toMatchObject({ format: 'twse-stock-day', rows: 3, kept: 3, skipped: { remark: 4 } });
    expect(data.panel.stocks).toMatchObject([{ code: '2330', market: 'TWSE' }]);
    expect(bars(data)).toEqual([
      ['2020-03-18', 269.5, 272.5, 260, 260, 118620643],
      ['2020-03-19', 252, 253, 235.5, 248, 160811697],
      ['2020-03-20', Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1],
    ]);
  });
  it('with X0.00 do not say “unchanged”: the change is missing, and the reference counts as assumed', async () => {
    const { panel, changeTwd, references } = await read(stockDay);
    expect([...changeTwd]).toEqual([-8, Number.NaN, 0]);
    expect([...panel.fields.reference]).toEqual([268, 260, Number.NaN]);
    expect(references).toMatchObject({ change: 1, assumed: 1, none: 1 });
  });
  it('in Chinese, with years of the Republic, in Big5', async () => {
    // “109年03月 2330 台積電 各日成交資訊”, “日期,成交股數,成交金額,開盤價,最高價,最低價,收盤價,漲跌價差,成交筆數”, “說明:” by hand.
    const big5 = Uint8Array.from(
      Buffer.from(
        '22313039a67e3033a4eb203233333020a578bf6eb9712020a655a4e9a6a8a5e6b8eab05422' +
          '0d0a' +
          '22a4e9b4c1222c22a6a8a5e6aad1bcc6222c22a6a8a5e6aaf7c342222c22b67dbd4cbbf9222c22b3ccb0aabbf9222c22b3cca743bbf9222c22a6acbd4cbbf9222c22baa6b65ebbf9ae74222c22a6a8a5e6b5a7bcc6222c' +
          '0d0a',
        'hex',
      ),
    );
    const rows = Buffer.from(
      '"109/03/19","160,811,697","39,559,889,553","252.00","253.00","235.50","248.00","X0.00","77,302",\r\n',
    );
    const data = await read(Buffer.concat([big5, rows, Buffer.from('22bba1a9fa3a220d0a', 'hex')]));
    expect(data.files[0]).toMatchObject({ format: 'twse-stock-day', encoding: 'big5', kept: 1 });
    expect(data.panel.stocks).toMatchObject([{ code: '2330', name: '台積電' }]);
    expect(bars(data)).toEqual([['2020-03-19', 252, 253, 235.5, 248, 160811697]]);
  });
  it('of TPEx count volume and value in thousands', async () => {
    const data = await read(
      '個股日成交資訊\n股票代號:5483\n股票名稱:中美晶\n資料日期:109/03\n日 期,成交仟股,成交仟元,開盤,最高,最低,收盤,漲跌,筆數\n"109/03/02","13,630","1,443,826","102.00","108.50","101.50","108.50","3.50","6,796"\n共19筆\n',
    );
    expect(data.panel.stocks).toMatchObject([{ code: '5483', name: '中美晶', market: 'TPEx' }]);
    expect(data.panel.fields.volume[0]).toBe(13_630_000);
    expect(data.panel.fields.turnoverTwd[0]).toBe(1_443_826_000);
  });
  it('joined one behind the other give both stocks', async () => {
    const data = await read(`${stockDay}${stockDay.replace('of 2330', 'of 2412')}`);
    expect(data.panel.stocks.map(({ code }) => code)).toEqual(['2330', '2412']);
    expect(data.files[0]).toMatchObject({ rows: 6, kept: 6 });
  });
  it('with a broken line among the rows are refused, not read past it', async () => {
    const broken = stockDay.replace('"2020/03/19","160', '"garbled","160');
    await expect(read(broken)).rejects.toThrow(/:4: expected a date .* got “garbled”/);
    const text = stockDay.replace('"2020/03/19"', '"so it goes"\r\n"2020/03/19"');
    await expect(read(text)).rejects.toThrow(/:4: a line that is no row, among rows: “"so it goes"”/);
  });
  it('whose last line is half written are refused with its place', async () => {
    const torn = stockDay.slice(0, stockDay.indexOf('"77,302"') - 12);
    await expect(read(torn)).rejects.toThrow(
      /:4: expected 9 cells, got .*: the last line has no end, the file may be cut off/,
    );
  });
});

describe('official files of one day', () => {
  const day = [
    '"112年01月30日 價格指數(臺灣證券交易所)"',
    '"指數","收盤指數","漲跌(+/-)","漲跌點數","漲跌百分比(%)","特殊處理註記",',
    '"發行量加權股價指數","15,493.82","+","560.89","3.76","",',
    '',
    '"112年01月30日 每日收盤行情(全部(不含權證、牛熊證))"',
    '"證券代號","證券名稱","成交股數","成交筆數","成交金額","開盤價","最高價","最低價","收盤價","漲跌(+/-)","漲跌價差","最後揭示買價",',
    '="0050  ","元大台灣50      ","44,330,389","31,000","5,316,780,931","119.80","121.00","119.20","120.70","+","5.20","120.70",',
    '"2330","台積電","77,145,127","128,171","41,621,711,143","542.00","543.00","534.00","543.00","-","1.00","543.00",',
    '"1418","東華","0","0","0","--","--","--","--"," ","0.00","--",',
    '"030003","某權證","10","1","1","1","1","1","1"," ","0.00","--",',
    '"備註:",',
    '"1. 漲跌(+/-)欄位符號說明:+/-/X表示漲/跌/不比價。",',
    '',
  ].join('\r\n');
  it('have the indices above and notes below; warrants are passed over and counted', async () => {
    const data = await read(`\uFEFF${day}`);
    expect(data.files[0]).toMatchObject({
      format: 'exchange-daily',
      rows: 4,
      kept: 3,
      skipped: { warrant: 1, remark: 6 },
    });
    expect(data.panel.dates).toEqual(['2023-01-30']);
    expect(data.panel.stocks).toMatchObject([
      { code: '0050', name: '元大台灣50', market: 'TWSE' },
      { code: '1418' },
      { code: '2330' },
    ]);
    expect([...data.panel.fields.reference]).toEqual([115.5, Number.NaN, 544]);
    expect((await read(day, undefined, { keepsWarrants: true })).panel.stocks).toHaveLength(4);
  });
  it('as JSON: empty tables, signs as HTML, X for not compared', async () => {
    const data = await read(
      JSON.stringify({
        stat: 'OK',
        date: '20230130',
        tables: [
          {},
          { title: '指數', fields: ['指數', '收盤指數'], data: [] },
          {
            title: '112年01月30日 每日收盤行情',
            fields: [
              '證券代號',
              '證券名稱',
              '成交股數',
              '成交筆數',
              '成交金額',
              '開盤價',
              '最高價',
              '最低價',
              '收盤價',
              '漲跌(+/-)',
              '漲跌價差',
            ],
            data: [
              [
                '2330',
                '台積電',
                '1,000',
                '1',
                '543,000',
                '542.00',
                '543.00',
                '542.00',
                '543.00',
                '<p style= color:green>-</p>',
                '1.00',
              ],
              ['2412', '中華電', '1,000', '1', '100,000', '100.00', '100.00', '100.00', '100.00', '<p>X</p>', '0.00'],
            ],
          },
        ],
      }),
    );
    expect(data.files[0]).toMatchObject({ format: 'exchange-daily', kept: 2, skipped: { otherTable: 1 } });
    expect([...data.changeTwd]).toEqual([-1, Number.NaN]);
  });
  it('of TPEx give the next session’s reference, which counts for more than the last close', async () => {
    const fields = [
      '代號',
      '名稱',
      '收盤',
      '漲跌',
      '開盤',
      '最高',
      '最低',
      '成交股數',
      '成交金額(元)',
      '成交筆數',
      '次日 參考價',
    ];
    const table = (date: string, row: string[]): string =>
      JSON.stringify({ stat: 'ok', date: '', tables: [{ title: '上櫃股票行情', date, fields, data: [row] }] });
    const one = files.write(
      'tpex-1.json',
      table('112/01/30', [
        '6180',
        '橘子  ',
        '50.00',
        ' 0.00',
        '50.00',
        '50.00',
        '50.00',
        '2,000',
        '100,000',
        '2',
        '48.25',
      ]),
    );
    const two = files.write(
      'tpex-2.json',
      table('112/01/31', [
        '6180',
        '橘子  ',
        '48.00',
        '除息 ',
        '48.00',
        '48.00',
        '48.00',
        '2,000',
        '96,000',
        '2',
        '48.00',
      ]),
    );
    const data = await readMarketData([one, two]);
    expect(data.panel.stocks).toMatchObject([{ code: '6180', name: '橘子', market: 'TPEx' }]);
    expect(data.panel.fields.reference[1]).toBe(48.25);
    expect(data.references).toMatchObject({ published: 1 });
  });
});

describe('reference tables', () => {
  it('give an ex-day its two-decimal reference, not the opening base beside it', async () => {
    const prices = files.write(
      '6895.csv',
      'date,open,high,low,close,volume,change\n2024-03-21,103,104,103,103.5,1000,0.5\n2024-03-22,101,102,101,101.5,1000,X0.00\n',
    );
    const table = files.write(
      'dividends.json',
      JSON.stringify({
        stat: 'ok',
        tables: [
          {
            fields: ['除權息日期', '代號', '除權息參考價', '開始交易基準價'],
            data: [['113/03/22', '6895', '101.30', '101.50']],
          },
        ],
      }),
    );
    const data = await readMarketData([prices, table]);
    expect([...data.panel.fields.reference]).toEqual([103, 101.3]);
    expect(data.files.map(({ format }) => format)).toEqual(['csv', 'exchange-reference']);
  });
});

describe('files of others', () => {
  it('FinMind: max and min, “turnover” that counts trades, and zeros for no trade', async () => {
    const record = (date: string, price: number, volume: number) => ({
      date,
      stock_id: '2330',
      Trading_Volume: volume,
      Trading_money: volume * price,
      open: price,
      max: price,
      min: price,
      close: price,
      spread: 0,
      Trading_turnover: volume / 1000,
    });
    const data = await read(
      JSON.stringify({
        msg: 'success',
        status: 200,
        data: [record('2020-03-19', 248, 5000), record('2020-03-20', 0, 0)],
      }),
    );
    expect(data.files[0]?.format).toBe('finmind');
    expect(data.panel.fields.trades[0]).toBe(5);
    expect(data.panel.fields.turnoverTwd[0]).toBe(1_240_000);
    expect([data.panel.fields.close[1], data.panel.fields.volume[1]]).toEqual([Number.NaN, 0]);
  });
  it.each([
    ['prices first', '93/02/11,60.00,61.50,59.50,60.50,5000,302500,0.50,5\n'],
    ['in the exchange’s order', '93/02/11,5000,302500,60.00,61.50,59.50,60.50,0.50,5\n'],
  ])('crawlers without header, %s, with two-digit years; the file’s name tells the stock', async (_what, row) => {
    const data = await read(
      `93/02/10,${row.includes(',60.00,61') && row.startsWith('93/02/11,5') ? '0,0,--,--,--,--' : '--,--,--,--,0,0'},---,0\n${row}`,
      `crawl-${++count}-2330.csv`,
    );
    expect(data.files[0]).toMatchObject({ format: 'crawler-csv', kept: 2 });
    const none = Number.NaN;
    expect(bars(data)).toEqual([
      ['2004-02-10', none, none, none, none, 0],
      ['2004-02-11', 60, 61.5, 59.5, 60.5, 5000],
    ]);
  });
  it('a crawler’s +###### is a change that cannot be read', async () => {
    const { changeTwd } = await read(
      '109/03/09,1130.00,1140.00,1050.00,1050.00,568989,614062850,+######,524\n',
      '5274.csv',
    );
    expect(changeTwd[0]).toBe(Number.NaN);
  });
  it('suffixes .TW and .TWO tell the exchange; an adjusted close is noted', async () => {
    const data = await read(
      'Date,Symbol,Open,High,Low,Close,Adj Close,Volume\n2024-03-21,6180.TWO,50.1,50.2,50,50.1,48.7,1000\n2024-03-21,2330.TW,750,751,749,750,740,1000\n',
    );
    expect(data.panel.stocks).toMatchObject([
      { code: '2330', market: 'TWSE' },
      { code: '6180', market: 'TPEx' },
    ]);
    expect(data.files[0]?.notes).toContain('has an “adjusted close”: its prices may be adjusted');
  });
  it('the exchanges’ open data: records with dates of the Republic', async () => {
    const data = await read(
      JSON.stringify([
        {
          Date: '1150807',
          SecuritiesCompanyCode: '00679B',
          CompanyName: '元大美債20年',
          Close: '27.18',
          Change: '+0.08 ',
          Open: '27.10',
          High: '27.20',
          Low: '27.05',
          TradingShares: '456000',
          TransactionAmount: '12345678',
          TransactionNumber: '321',
        },
      ]),
    );
    expect(data.panel).toMatchObject({
      dates: ['2026-08-07'],
      stocks: [{ code: '00679B', market: 'TPEx', name: '元大美債20年' }],
    });
    expect(data.panel.fields.trades[0]).toBe(321);
  });
});

describe('answers without data', () => {
  it.each(['{}', '[]', '{"stat":"很抱歉，沒有符合條件的資料!","total":0}', '{"msg":"success","status":200,"data":[]}'])(
    '%s are said to be so',
    async (text) => {
      await expect(read(text)).rejects.toThrow('holds no prices: the answer says that there is no data');
    },
  );
  it('beside others are counted as files, not as errors', async () => {
    const data = await readMarketData([files.write('2330-a.csv', stockDay), files.write('none.json', '{}')]);
    expect(data.files.map(({ format, rows }) => [format, rows])).toEqual([
      ['twse-stock-day', 3],
      ['no-data', 0],
    ]);
  });
  it('that are errors with status 200 are refused with what they say', async () => {
    await expect(read('{"stat":"查詢日期大於今日"}')).rejects.toThrow('the exchange answered “查詢日期大於今日”');
    await expect(read('{"msg":"Requests reach the upper limit","status":402}')).rejects.toThrow(
      'the service answered 402',
    );
  });
});

describe('bad rows', () => {
  const text =
    'stock,date,open,high,low,close,volume\n1101,2020-03-19,10,10,9,9.5,1000\n1101,2020-03-20,10,ten,9,9.5,1000\n1101,2020-03-23,10\n1101,2020-03-24,10,10,9,9.5,1000\n1101,2020-03-24,10,10,9,9.6,1000\n';
  it('are listed with file, line, reason and text where quarantine is asked for; every row is accounted for', async () => {
    const {
      files: [file],
      quarantined,
      panel,
    } = await read(text, 'bad.csv', { onBad: 'quarantine' });
    expect(file).toMatchObject({ rows: 5, kept: 2, quarantined: 3 });
    expect(
      quarantined.map(({ line, reason, text: row }) => [line, reason.replace(/first is .*/, 'first is …'), row]),
    ).toEqual([
      [3, 'high: expected a number, got “ten”', '1101,2020-03-20,10,ten,9,9.5,1000'],
      [4, 'expected 7 cells, got 3', '1101,2020-03-23,10'],
      [6, '1101 has two rows on 2020-03-24, different ones; the first is …', ''],
    ]);
    expect(panel.dates).toEqual(['2020-03-19', '2020-03-24']);
    expect(panel.fields.close[1]).toBe(9.5);
  });
  it('are refused otherwise', async () => {
    await expect(read(text)).rejects.toThrow(/:3: high: expected a number, got “ten”/);
  });
  it('same rows in two files are counted once; different ones are refused with both places', async () => {
    const header = 'stock,date,open,high,low,close,volume\n';
    const one = files.write('one.csv', `${header}1101,2020-03-19,10,10,9,9.5,1000\n`);
    const same = files.write('same.csv', `${header}1101,2020-03-19,10.0,10.00,9,9.50,"1,000"\n`);
    const other = files.write('other.csv', `${header}1101,2020-03-19,10,10,9,9.6,1000\n`);
    expect((await readMarketData([one, same])).files[1]).toMatchObject({
      rows: 1,
      kept: 0,
      skipped: { repeatedInAnotherFile: 1 },
    });
    await expect(readMarketData([one, other])).rejects.toThrow(
      /other\.csv:2: 1101 has two rows on 2020-03-19, different ones; the first is .*one\.csv:2/,
    );
  });
  it('a file that cannot be read at all is one entry of the quarantine', async () => {
    const torn = files.write('torn.csv.gz', gzipSync(stockDay));
    truncateSync(torn, 80);
    const { quarantined, files: reports } = await readMarketData([files.write('whole.csv', stockDay), torn], {
      onBad: 'quarantine',
    });
    expect(quarantined).toMatchObject([{ path: torn, line: 0 }]);
    expect(reports[1]!.rows).toBe(reports[1]!.kept + reports[1]!.quarantined);
  });
});

describe('what is no price file', () => {
  it.each([
    ['a workbook', Uint8Array.of(0x50, 0x4b, 3, 4, 20), 'ZIP archive or an Excel workbook'],
    ['UTF-16', Buffer.from('\uFEFFdate,open', 'utf16le'), 'is UTF-16'],
    ['a table of other things', 'a,b\n1,2\n', 'no header'],
    ['nothing', '', 'is empty'],
    ['half a JSON', '{"stat":"OK","fields":["日期"', 'is no whole JSON'],
    ['live quotes', '{"msgArray":[],"rtcode":"0000"}', 'got an object with msgArray, rtcode'],
    ['half a Parquet', 'PAR1', 'is not readable as Parquet'],
    ['a line without end', 'x'.repeat(3 << 20), 'is no row of prices'],
  ])('%s is refused with a word that helps', async (_what, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
  it('a stock that neither column nor name tells is not guessed', async () => {
    await expect(
      read('date,open,high,low,close,volume\n2020-03-19,1,1,1,1,1\n', 'prices-2330-2317.csv'),
    ).rejects.toThrow('stock not among');
    expect(
      [
        '2330.csv',
        '2330.TW.csv',
        'x-2330-2020-03.csv',
        'STOCK_DAY_1233_202003.csv',
        '2023.csv',
        '00679B.csv',
        'prices.csv',
        '1101-1102.csv',
      ].map(stockOfFileName),
    ).toEqual(['2330', '2330', '2330', '1233', '2023', '00679B', undefined, undefined]);
  });
});

describe('folders', () => {
  it('are read as one panel, in the order of names; links out of them are refused', async () => {
    const folder = join(files.root, 'folder');
    mkdirSync(join(folder, 'deeper'), { recursive: true });
    files.write('folder/2330.csv', stockDay);
    files.write('folder/deeper/2412.csv.gz', gzipSync(stockDay.replace('of 2330', 'of 2412')));
    files.write('folder/notes.md', 'not prices');
    const data = await readMarketData(folder);
    expect(data.panel.stocks.map(({ code }) => code)).toEqual(['2330', '2412']);
    expect(data.placeOf(1)).toMatchObject({ path: join(folder, 'deeper/2412.csv.gz'), line: 3 });
    symlinkSync(files.write('outside.csv', stockDay), join(folder, 'link.csv'));
    await expect(readMarketData(folder)).rejects.toThrow('is a link out of its folder');
  });
});

it('codes tell the kind of a security', () => {
  const kinds = [
    '2330',
    '1101B',
    '910322',
    '0050',
    '00679B',
    '006201',
    '01001T',
    '020000',
    '030003',
    '08001P',
    '700001',
    '70001U',
    '11011',
  ].map(securityKind);
  expect(kinds).toEqual([
    'stock',
    'stock',
    'stock',
    'fund',
    'fund',
    'fund',
    'fund',
    'fund',
    'warrant',
    'warrant',
    'warrant',
    'warrant',
    'other',
  ]);
});
