import { type PanelField, panelFields } from '../panel.ts';

/** What a column of a price file can mean. `sign` is the direction of a change that is given without one. */
export type ColumnMeaning = 'date' | 'stock' | 'name' | 'change' | 'sign' | 'nextReference' | PanelField;

/** A column's meaning, and what its figures are to be multiplied by: TPEx's monthly files count in thousands. */
export interface NamedColumn {
  readonly meaning: ColumnMeaning;
  readonly scale: number;
}

/**
 * Names under which files give a column, as `squeezed` leaves them. Sources: the answers of TWSE (STOCK_DAY, MI_INDEX,
 * STOCK_DAY_ALL, Chinese and English) and TPEx (daily quotes, monthly quotes of a stock, open data), FinMind's
 * TaiwanStockPrice, twstock’s and usual spellings of crawlers.
 */
const namesOf: Readonly<Record<ColumnMeaning, string>> = {
  date: 'date 日期 資料日期 交易日期 年月日',
  stock:
    'stock code symbol ticker stock_id stockid stock_no stockno 證券代號 股票代號 代號 securitycode securitiescompanycode',
  name: 'name 證券名稱 股票名稱 名稱 securityname companyname',
  open: 'open 開盤價 開盤 開市 openingprice',
  high: 'high max 最高價 最高 highestprice',
  low: 'low min 最低價 最低 lowestprice',
  close: 'close 收盤價 收盤 closingprice',
  reference: 'reference',
  volume: 'volume capacity trading_volume 成交股數 tradevolume tradingshares',
  turnoverTwd: 'turnovertwd turnover value trading_money 成交金額 成交金額(元) tradevalue transactionamount',
  // FinMind's “Trading_turnover” is a number of trades.
  trades: 'trades transaction transactions transactionnumber trading_turnover 成交筆數 筆數',
  foreignNetBuy: 'foreignnetbuy',
  marginBalance: 'marginbalance',
  limitState: 'limitstate',
  haltState: 'haltstate',
  adjustedFactor: 'adjustedfactor',
  change: 'change spread 漲跌價差 漲跌',
  sign: '漲跌(+/-) dir',
  nextReference: '次日參考價',
};

const byName = new Map<string, NamedColumn>([
  ...panelFields.map((field): [string, NamedColumn] => [field.toLowerCase(), { meaning: field, scale: 1 }]),
  ...Object.entries(namesOf).flatMap(([meaning, names]) =>
    names.split(' ').map((name): [string, NamedColumn] => [name, { meaning: meaning as ColumnMeaning, scale: 1 }]),
  ),
  ['成交仟股', { meaning: 'volume', scale: 1000 }],
  ['成交仟元', { meaning: 'turnoverTwd', scale: 1000 }],
]);

/** A header's cell without what varies: case, spaces inside and around, quotes, a byte order mark. */
const squeezed = (name: string): string => name.replace(/[\s"\u3000\uFEFF=]/g, '').toLowerCase();

/** What a column means by its name; `undefined` for columns that panels do not hold. */
export function columnOf(name: string): NamedColumn | undefined {
  return byName.get(squeezed(name));
}

/** Whether a column of this name says that prices were adjusted backwards. */
export const isAdjustedClose = (name: string): boolean => /^adj(usted)?_?close$/.test(squeezed(name));

/** Columns that every price file must have, besides date and stock, which may stand in its title or name. */
export const neededColumns = ['open', 'high', 'low', 'close', 'volume'] as const;
