import type { Pattern } from './chinese-patterns.ts';
import { chineseScenarioTitles } from './chinese-scenarios.ts';

const assumed = 'Hypothetical in kind or extent. Source:';
const taiex = 'Source: daily closes of the TAIEX, TWSE';
const ofTaiex = '來源：臺灣證券交易所發行量加權股價指數每日收盤。';

/** What happens in a scenario, and where that is known from; checks write it behind the scenario's title. */
export const chineseScenarioStories: Readonly<Record<string, string>> = {
  'seven rows in ten are drawn towards one and the same extreme row, six standard deviations out, as when 1,702 stocks closed limit-down on 2025-04-07.':
    '十列中有七列被拉向同一個偏離六個標準差的極端列，如同 2025-04-07 有 1,702 檔股票收於跌停。',
  'four rows in ten hold zeros only, as features of stocks without a trade come out.':
    '十列中有四列全為零，如同沒有成交的股票所得出的特徵。',
  'a third of the rows jump by eight standard deviations in a third of their features, up or down, as returns and turnover do when a stock comes back from a halt.':
    '三分之一的列在三分之一的特徵上跳動八個標準差，有漲有跌，如同股票恢復交易時的報酬率與成交值。',
  'one row in ten holds a million, a millionth or minus zero, as ratios do whose denominator nearly vanishes when nothing is traded.':
    '十列中有一列含有一百萬、百萬分之一或負零，如同無成交時分母趨近於零的比率。',
  'cross-sections of one stock, a few, and all: after a halt of nearly everything the universe comes back in steps.':
    '橫斷面先是一檔股票，再是數檔，最後是全部：幾乎全部暫停交易之後，股票分批恢復。',
  'one row in five lacks a third of its features (NaN), as new listings and stocks after a halt do; a service may refuse them, but not answer with what is no number.':
    '五列中有一列缺少三分之一的特徵（NaN），如同新上市股票與剛恢復交易的股票；服務可以拒絕，但不得回覆非數值。',
  'The market falls by 9, 6 and 5 % and rises by 6: most stocks lock at their limit, what it cuts off is carried into the next session, and hardly anything is traded. Source: 7 to 10 April 2025: −9.7, −4.0, −5.8 and +9.2 %, 1,702 stocks closing limit-down on the first day.':
    '市場接連下跌 9、6、5 %，再上漲 6 %：多數股票鎖住跌停，未跌足的部分延續至次一交易日，幾乎沒有成交。來源：2025 年 4 月 7 至 10 日：−9.7、−4.0、−5.8、+9.2 %，首日有 1,702 檔股票收於跌停。',
  [`Three stocks in ten are halted pending news, other three the next day, fewer on the third; those that come back gap by what they missed. ${assumed} halts of one to three sessions: TWSE Procedures for Material Information, Art. 13-2; that so many come at once is assumed.`]:
    '十檔股票中有三檔因待公布重大訊息而暫停交易，次日換另外三檔，第三日較少；恢復交易者一次補足錯過的漲跌。種類或程度為假設。來源：暫停一至三個交易日：臺灣證券交易所重大訊息處理程序第 13 條之 2；如此多檔同時發生為假設。',
  'Stocks open far from their references, up and down, beyond the 3.5 % that interrupt matching, and take most of it back by the close. Source: 2020-03-13: 973 of 1,708 stocks touched limit-down and 117 closed there; interruptions: TWSE Operating Rules, Art. 58-3.':
    '股票開盤價大幅偏離參考價，有漲有跌，超過觸發瞬間價格穩定措施的 3.5 %，至收盤時多已回復。來源：2020-03-13：1,708 檔股票中有 973 檔觸及跌停、117 檔收於跌停；穩定措施：臺灣證券交易所營業細則第 58 條之 3。',
  [`The sector falls by 8, 6 and 4 % while the rest of the market hardly moves; semiconductors are 35 % of the capitalisation. ${assumed} weights between the year-ends 2019 and 2020; the size of the shock is assumed.`]:
    '半導體類股接連下跌 8、6、4 %，其餘市場幾乎不動；半導體占市值 35 %。種類或程度為假設。來源：2019 與 2020 年底之間的權重；衝擊幅度為假設。',
  [`The same with TSMC alone at 44 % of the capitalisation. ${assumed} TSMC at 44 % of NT$110 trillion: Economic Daily News, 2026-02-26; the size of the shock is assumed.`]:
    '同上，但僅台積電一檔即占市值 44 %。種類或程度為假設。來源：台積電占新臺幣 110 兆元市值的 44 %：經濟日報，2026-02-26；衝擊幅度為假設。',
  [`Turnover falls to a tenth for three sessions, more stocks find no trade at all, and ranges widen. ${assumed} NT$147 billion on 2025-04-07 where several hundred are usual; a tenth for three sessions goes beyond what was seen.`]:
    '成交值連續三個交易日降至十分之一，更多股票完全沒有成交，高低價差擴大。種類或程度為假設。來源：2025-04-07 成交值新臺幣 1,470 億元，平常為數千億元；連續三日僅十分之一超出歷來所見。',
  [`Small TPEx stocks go limit-up for three sessions and limit-down for two, the rest of the market stands by. ${assumed} assumed; disposition measures exist for such runs: TWSE FL007225, TPEx the same.`]:
    '上櫃小型股連三個交易日漲停，再連兩日跌停，其餘市場不受影響。種類或程度為假設。來源：假設；此類走勢設有處置措施：臺灣證券交易所 FL007225，櫃買中心亦同。',
  [`For six sessions foreign investors sell at three deviations of their usual flow, the large companies most; the market loses 1.2 % a day. ${assumed} assumed; foreign investors’ share of turnover is why such a week moves the market.`]:
    '外資連續六個交易日以平常流量三個標準差的規模賣出，以大型股為主；市場每日下跌 1.2 %。種類或程度為假設。來源：假設；外資成交占比高，故此種一週足以撼動市場。',
  'For eight sessions falls come slower, two fifths of each only the day after, on less turnover and wider ranges. Source: ban of 2008-10-15 to 12-31 (FSC 0970055607) and limits of 2015, 2020, 2022, 2025; effects: Beber & Pagano, Journal of Finance 68(1), 2013.':
    '連續八個交易日下跌變慢，每次跌幅的五分之二到次日才反映，成交值減少、高低價差擴大。來源：2008-10-15 至 12-31 的禁令（金管會 0970055607）與 2015、2020、2022、2025 年的限制；影響：Beber & Pagano, Journal of Finance 68(1), 2013。',
  'A session that every calendar had is not held; what would have moved prices comes with the next one. Source: TWSE Measures for Responding to Natural Disasters, FL007347; Typhoon Kong-rey on 2024-10-31.':
    '所有行事曆都列為開市的一日未開市；原本會影響價格的消息在次一交易日反映。來源：臺灣證券交易所天然災害處理措施 FL007347；2024-10-31 康芮颱風。',
  [`Three in five of the companies that pay go ex-dividend on one day: their references lie a year’s dividend below the closes before. ${assumed} most of the year’s ex-days fall into July and August; that so many share one day is assumed.`]:
    '有配息的公司中五分之三在同一日除息：其參考價較前一日收盤低一整年的股利。種類或程度為假設。來源：全年除息日多落在七、八月；如此多家同日為假設。',
  [`From 10,202 on 17 February to below 4,750 at the year’s end; the downside limit was halved to 3.5 % in four stretches, 57 sessions in all, so that falls came in slices and locked whole days. ${taiex}.`]: `自 2 月 17 日的 10,202 點跌至年底不足 4,750 點；跌幅限制四度減半為 3.5 %，共 57 個交易日，跌勢因而分段並整日鎖住跌停。${ofTaiex}`,
  [`Closed on 12 September, then falls of 5.4 and 4.5 %, Typhoon Nari on the 17th and 18th, and three sessions with the downside limit at 3.5 % on which most stocks locked. ${taiex}.`]: `9 月 12 日休市，隨後下跌 5.4 與 4.5 %，17、18 日因納莉颱風休市，其後三個交易日跌幅限制為 3.5 %，多數股票鎖住跌停。${ofTaiex}`,
  [`A slow fall into the low of 28 April with a 4.2 % session on the 24th, and the recovery after it. ${taiex}.`]: `緩跌至 4 月 28 日的低點，其中 24 日下跌 4.2 %，之後回升。${ofTaiex}`,
  [`From 9,295 in May to 4,090 on 20 November; shorting suspended from October, the downside limit at 3.5 % from 13 to 24 October with four stocks in five closing there on the last day. ${taiex}.`]: `自 5 月的 9,295 點跌至 11 月 20 日的 4,090 點；10 月起禁止放空，10 月 13 至 24 日跌幅限制為 3.5 %，最後一日有五分之四的股票收於跌停。${ofTaiex}`,
  [`Minus 5.6 % on 5 August with three stocks in five closing limit-down, and rough weeks after it. ${taiex}.`]: `8 月 5 日下跌 5.6 %，五分之三的股票收於跌停，其後數週震盪。${ofTaiex}`,
  [`The first crash under the limit of 10 %: minus 4.8 % on 24 August, more than 7 % during the day. ${taiex}.`]: `漲跌幅限制放寬為 10 % 後的首次重挫：8 月 24 日下跌 4.8 %，盤中跌逾 7 %。${ofTaiex}`,
  [`A calm year broken by minus 5.0 % on 6 February and minus 6.3 % on 11 October, each without warning. ${taiex}.`]: `平靜的一年中，2 月 6 日下跌 5.0 %、10 月 11 日下跌 6.3 %，事前均無徵兆。${ofTaiex}`,
  [`Minus 5.8 % on the first session after the Lunar New Year, four weeks of falls to minus 5.8 % on 19 March, plus 6.4 % the next day, and continuous trading from the 23rd. ${taiex}.`]: `農曆年後首個交易日下跌 5.8 %；連跌四週，3 月 19 日下跌 5.8 %，次日上漲 6.4 %；23 日起實施逐筆交易。${ofTaiex}`,
  [`Minus 3.8, minus 4.1 (8.6 during the day) and minus 3.0 % in four sessions, then plus 5.2 %. ${taiex}.`]: `四個交易日內下跌 3.8、4.1（盤中 8.6）與 3.0 %，隨後上漲 5.2 %。${ofTaiex}`,
  [`From 18,526 to 12,666 in 196 sessions, none of them worse than minus 4.4 %. ${taiex}.`]: `196 個交易日內自 18,526 點跌至 12,666 點，單日跌幅均未超過 4.4 %。${ofTaiex}`,
  [`Minus 4.4 and minus 8.4 % in two sessions, half of all stocks at their limit, then a fast recovery. ${taiex}.`]: `兩個交易日下跌 4.4 與 8.4 %，半數股票跌停，隨後迅速回升。${ofTaiex}`,
  [`After four closed days minus 9.7 %, the worst session on record, with 1,702 stocks closing limit-down and most of them locked all day; minus 4.0 and minus 5.8 %, then plus 9.2 %. ${taiex}; 1,702 stocks: Hong Kong China News Agency, 2025-04-07.`]:
    '連休四日後下跌 9.7 %，為史上最大單日跌幅，1,702 檔股票收於跌停，多數整日鎖住；再跌 4.0 與 5.8 %，隨後上漲 9.2 %。來源：臺灣證券交易所發行量加權股價指數每日收盤；1,702 檔：香港中國通訊社，2025-04-07。',
};

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const titles = Object.keys(chineseScenarioTitles).map(literally).join('|');

/** A title with its story; the breakers differ by their figure alone. */
export const scenarioPatterns: readonly Pattern[] = [
  [new RegExp(`^(${titles}): (.+)$`), '$1：$2', 'nested'],
  [/^Hypothetical: an index breaker at ([\d.]+ %): (.+)$/, '假想：指數熔斷 $1：$2', 'nested'],
  [
    /^The market falls through ([\d.]+ %) and trading ends for the day there; what was left of the fall comes with the next session\. Hypothetical in kind or extent\. Source: none: no article of the Operating Rules sets an index-wide breaker, the daily limit of each stock stands in for it\.$/,
    '市場跌破 $1，當日交易就此結束；未跌足的部分在次一交易日反映。種類或程度為假設。來源：無；營業細則未設指數熔斷，而以個股每日漲跌幅限制代之。',
  ],
];
