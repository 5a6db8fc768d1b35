/**
 * What is wrong with the data of a fault in data, by the part of the metric's name that stands for it: `data.<fault>.swallowed`
 * of a pipeline, `data.<fault>.failed` of a service.
 */
export const dataFaults: Readonly<Record<string, { readonly en: string; readonly 'zh-TW': string }>> = {
  'missing-prices': { en: 'prices missing', 'zh-TW': '缺少價格檔' },
  'empty-prices': { en: 'empty file of prices', 'zh-TW': '價格檔是空的' },
  'truncated-prices': { en: 'prices cut off', 'zh-TW': '價格檔中斷' },
  'corrupted-prices': { en: 'prices with damaged bytes', 'zh-TW': '價格檔位元組損壞' },
  'wrong-types': { en: 'words for prices', 'zh-TW': '價格是文字' },
  'infinite-prices': { en: 'infinite prices', 'zh-TW': '價格為無限大' },
  'negative-prices': { en: 'negative prices', 'zh-TW': '價格為負' },
  'duplicated-rows': { en: 'rows that come twice', 'zh-TW': '資料列重複' },
  'contradicting-rows': { en: 'rows that come twice, with different prices', 'zh-TW': '資料列重複且價格不同' },
  'out-of-order-rows': { en: 'rows in another order', 'zh-TW': '資料列順序不同' },
  'time-travel': { en: 'rows of days to come', 'zh-TW': '未來日期的資料列' },
  'roc-dates': { en: 'dates in years of the Republic', 'zh-TW': '日期為民國年' },
  mojibake: { en: 'garbled codes of stocks', 'zh-TW': '股票代號亂碼' },
  'missing-features': { en: 'missing features', 'zh-TW': '特徵值缺漏' },
  'infinite-features': { en: 'infinite features', 'zh-TW': '特徵值為無限大' },
  'extreme-features': { en: 'features beyond any scale', 'zh-TW': '特徵值大得離譜' },
  'duplicated-stocks': { en: 'rows of a request that come twice', 'zh-TW': '請求中資料列重複' },
  'missing-column': { en: 'request without one of its features', 'zh-TW': '請求缺少一項特徵' },
  'truncated-payload': { en: 'request cut off', 'zh-TW': '請求中斷' },
  'empty-payload': { en: 'empty request', 'zh-TW': '請求是空的' },
  'corrupted-payload': { en: 'request with damaged bytes', 'zh-TW': '請求位元組損壞' },
  'words-for-numbers': { en: 'words for features', 'zh-TW': '特徵值是文字' },
  'missing-rows': { en: 'fewer rows than the shape says', 'zh-TW': '資料列少於所宣告的形狀' },
  'wrong-encoding': { en: 'names in another encoding', 'zh-TW': '名稱編碼錯誤' },
};
