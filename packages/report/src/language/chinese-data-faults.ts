import type { Pattern } from './chinese-patterns.ts';

/** What was done to the data or to a request, as notes name it. */
export const dataFaultTerms: Readonly<Record<string, string>> = {
  'feature values are missing (NaN)': '特徵值缺漏（NaN）',
  'feature values are infinite': '特徵值為無限大',
  'feature values are beyond any scale': '特徵值大得離譜',
  'feature values are words': '特徵值為文字',
  'a feature is missing from every row': '每列都缺少一項特徵',
  'the request is cut off': '請求被截斷',
  'the request is empty': '請求為空',
  'the beginning of the request is other bytes': '請求開頭為其他位元組',
  'there are fewer rows than the shape says': '列數少於所宣告的形狀',
  'names are in Big5 and garbled': '名稱為 Big5 編碼而成亂碼',
  'rows come twice': '資料列重複',
  'rows come twice, with different prices': '資料列重複且價格不同',
  'rows come in another order': '資料列順序不同',
  'rows are of a day to come': '資料列的日期在未來',
  'the prices are missing': '缺少價格檔',
  'the prices are an empty file': '價格檔為空',
  'the prices are cut off, as by a download that broke': '價格檔被截斷，如同下載中斷',
  'a block of the prices holds other bytes, as from a bad disk': '價格檔有一段為其他位元組，如同磁碟損壞',
  'prices are words': '價格為文字',
  'prices are infinite': '價格為無限大',
  'prices are negative': '價格為負',
  'dates are of the Republic of China’s calendar': '日期為民國年',
  'codes of stocks are garbled': '股票代號為亂碼',
  'answers as to the right request': '回應與正確請求相同',
  'predicts as from right data': '預測與正確資料所得相同',
  'volumes have commas between thousands': '成交量含千分位逗號',
  'volumes are in lots of 1,000 shares': '成交量以千股為單位',
  'prices are in full-width digits': '價格為全形數字',
  'prices bear the mark X of what is not compared': '價格帶有不比價的 X 記號',
  'names of the universe are in Big5': '股票名冊的名稱為 Big5 編碼',
};

const n = '([\\d.,]+)';
const of = (source: string): RegExp => new RegExp(`^${source}$`);
const faults = Object.keys(dataFaultTerms)
  .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  .join('|');

/** Notes that name a fault of the data and what came of it, and what faults of the market’s own data consist in. */
export const dataFaultPatterns: readonly Pattern[] = [
  [new RegExp(`^(${faults}): (refuse[sd]: .+)$`, 's'), '$1：$2', 'nested'],
  [new RegExp(`^(${faults}): ((?:gives|answers|predicts) .+)\\.$`), '$1：$2。', 'nested'],
  [/^(tw-\d+), (.+): borne\.$/, '$1，$2：承受得住。', 'nested'],
  [
    of(`${n} of ${n} stocks of (TWSE|TPEx) have no rows in the last ${n} sessions`),
    '$3 的 $2 檔股票中有 $1 檔最近 $4 個交易日沒有資料列',
  ],
  [of(`the last bars of ${n} of ${n} stocks repeat the one before`), '$2 檔股票中有 $1 檔最近的行情重複前一筆'],
  [of(`${n} of ${n} rows come again, ${n} of them with another volume`), '$2 列中有 $1 列重複，其中 $3 列成交量不同'],
  [of(`${n} of ${n} rows stand elsewhere, ${n} are missing`), '$2 列中有 $1 列次序改變，缺少 $3 列'],
  [of(`${n} stock-days at the lower limit`), '$1 個股票日跌停'],
  [of(`${n} stock-days at the lower limit for the second day running`), '$1 個股票日連續第二日跌停'],
  [of(`the reference of ${n} stock-days is that of the day before`), '$1 個股票日的參考價為前一日的參考價'],
  [
    of(`a storm of interruptions, and ${n} stocks above NT\\$${n}`),
    '瞬間價格穩定措施潮，另有 $1 檔股票高於新臺幣 $2 元',
  ],
  [
    of(`${n} of ${n} stocks do not trade on (\\S+), after a session cut short at ([\\d:]+)`),
    '$2 檔股票中有 $1 檔於 $3 未成交，前一交易日於 $4 提早結束',
  ],
  [of('nothing trades on (\\S+) and (\\S+), which the calendar has as open'), '行事曆列為開市的 $1 與 $2 全無成交'],
  [of(`${n} weeks without a session before (\\S+)`), '$2 之前 $1 週沒有交易日'],
  [of('the calendar lacks ([\\d, -]+)'), '行事曆缺少 $1'],
  [of(`${n} of ${n} rows have dates as (\\S+)`), '$2 列中有 $1 列的日期寫作 $3'],
  [of(`${n} of ${n} rows have dates as (\\S+) and (\\S+)`), '$2 列中有 $1 列的日期寫作 $3 與 $4'],
  [
    of(`${n} stocks have an action on (\\S+): dividend of ${n} %, capital reduction, new par value in turn`),
    '$1 檔股票於 $2 有公司行動：依序為配息 $3 %、減資、變更面額',
  ],
  [of(`${n} of ${n} stocks are matched by auctions from (\\S+) on`), '$2 檔股票中有 $1 檔自 $3 起改以集合競價撮合'],
  [of(`in ${n} of ${n} rows (.+)`), '$2 列中有 $1 列：$3', 'nested'],
  [of(`${n} of ${n} rows say “--”: no trade`), '$2 列中有 $1 列寫作「--」：無成交'],
  [
    of(`${n} stocks are too few for a curve: below ${n} starting up takes most of the time`),
    '$1 檔股票不足以成曲線：少於 $2 檔時，大部分時間花在啟動',
  ],
  [
    of(
      `killed at ${n} % of its time \\(features\\), at ${n} % of its time \\(training\\), at ${n} % of its time \\(prediction\\)`,
    ),
    '分別在執行時間的 $1 %（特徵）、$2 %（訓練）、$3 %（預測）時終止',
  ],
];
