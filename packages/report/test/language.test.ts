import { describe, expect, it } from 'vitest';
import { chinese } from '../src/language/chinese.ts';
import { inChinese } from '../src/language/chinese-sentences.ts';
import { chineseTerms } from '../src/language/chinese-terms.ts';
import { english } from '../src/language/english.ts';
import { renderReport } from '../src/page.ts';
import { aRun } from './support/runs.ts';

/** Paths of all texts in a catalogue. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => textsOf(one, `${path}.${key}`));
}

describe('the Chinese catalogue', () => {
  it('has a text where the English one has one, and none of them is English', () => {
    const own = new Map(textsOf({ ...chinese, glossary: [], language: '' }));
    for (const [path, text] of textsOf({ ...english, glossary: [], language: '' })) {
      const translated = own.get(path);
      expect(translated, path).toBeDefined();
      if (text !== '') expect(translated, path).toMatch(/\p{Script=Han}/u);
    }
  });

  it('explains every term that the English one explains', () => {
    expect(chinese.glossary).toHaveLength(english.glossary.length);
  });

  it('has a space between a name that ends in Latin letters and what follows, and none after Chinese', () => {
    const claim = { value: '50.6 ms', interval: '', limit: '< 100 ms', margin: '', reason: '' };
    expect(chinese.summary.held({ ...claim, name: '推論延遲 P95' })).toBe('推論延遲 P95 為 50.6 ms，要求 < 100 ms。');
    expect(chinese.summary.held({ ...claim, name: '請求失敗率' })).toBe('請求失敗率為 50.6 ms，要求 < 100 ms。');
  });

  it('is written in Traditional characters', () => {
    const all = [...textsOf(chinese), ...textsOf(chineseTerms)].map(([, text]) => text).join('');
    // Simplified forms of characters that these pages use.
    expect(all).not.toMatch(/[测试时间数据执内务请响应迟储过无发现义开关闭户线图标进动机项实验规则统计险与样资场]/u);
  });

  it.each([
    ['latency.inference.p95', 'Inference latency P95', '推論延遲 P95'],
    ['latency.service.p99', 'Service time P99', '服務時間 P99'],
    ['taiwan.haltStorm.p95', 'Halt storm: latency P95', '大量暫停交易：延遲 P95'],
    ['recovery.kill.timeToSteadyState', 'Kill and restart: time to steady state', '強制終止後重啟：恢復穩態時間'],
    ['data.roc-dates.swallowed', 'Dates in years of the Republic: taken for good data', '日期為民國年：被當成正確資料'],
    ['data.empty-payload.failed', 'Empty request: mishandled by the service', '請求是空的：服務處置不當'],
    ['taiwan.tw-06.ic', 'Locked limit-down: rank IC of what is predicted', '開盤跌停鎖死：尚有預測者的排序 IC'],
    ['taiwan.tw-06.service.p95', 'Locked limit-down: latency P95, the service', '開盤跌停鎖死：延遲 P95（服務）'],
    ['taiwan.tw-06.duplicated', 'Locked limit-down: second predictions', '開盤跌停鎖死：重複的預測'],
    [
      'taiwan.tw-08.service.refused',
      'Interruptions and highest prices: right requests without an answer, the service',
      '瞬間價格穩定措施潮與最高價位：未獲回應的正確請求（服務）',
    ],
    ['data.of-somebody-else.swallowed', undefined, undefined],
    ['taiwan.tw-06.constructor', undefined, undefined],
    ['somebody.elses.metric', undefined, undefined],
  ])('calls %s “%s” and “%s”', (metric, inEnglish, inChinese) => {
    expect(english.metric(metric)).toBe(inEnglish);
    expect(chinese.metric(metric)).toBe(inChinese);
  });

  it.each([
    [
      '8.10 ms (6.21 ms to ∞, 99.5 %) lies across the limit < 100 ms after 1,600 samples',
      '8.10 ms (6.21 ms 至 ∞, 99.5 %) 在 1,600 個樣本後仍跨越門檻 < 100 ms',
    ],
    [
      "other processes took 24 % of the machine's CPU time, most of it make 24 %",
      '其他程序占用了機器 CPU 時間的 24 %（主要為 make 24 %）',
    ],
    ["other processes took 24 % of the machine's CPU time", '其他程序占用了機器 CPU 時間的 24 %'],
    ['failover/kill skipped: left out by only latency/*', 'failover/kill 未執行：因 only latency/* 而略過'],
    ['failover/kill skipped: for a reason of its own', undefined],
    [
      '60 of 64 requests failed at saturation (60 × connect: ECONNREFUSED)',
      '飽和負載下 64 個請求中有 60 個失敗 (60 × connect: ECONNREFUSED)',
    ],
    ['60 of 64 requests failed at saturation', '飽和負載下 64 個請求中有 60 個失敗'],
    [
      '6 of 6 requests, one at a time, failed (6 × status: HTTP 500)',
      '逐一送出的 6 個請求中有 6 個失敗 (6 × status: HTTP 500)',
    ],
    [
      'not even one request at a time is answered within 100 ms: in each fifth of 10, one after the other, half took 150.3 ms or longer',
      '即使一次只送一個請求，也無法在 100 ms 內回應：依序送出 10 個，每五分之一中有一半至少需 150.3 ms',
    ],
    ['toString', undefined],
  ])('says of “%s” “%s”, and nothing by halves', (inEnglish, inChinese) => {
    expect(chinese.term(inEnglish)).toBe(inChinese);
  });
});

describe('sentences of checks in Chinese', () => {
  it.each([
    ['0.16 (0.15 to 0.17, 95 %) against > 0.050', '0.16 (0.15 至 0.17, 95 %)，要求 > 0.050'],
    [
      "11.4 s against < 30 min, although other processes took 77 % of the machine's CPU time, most of it node 56 %",
      '其他程序占用了機器 CPU 時間的 77 %（主要為 node 56 %）',
    ],
    [
      'generator-limited: the generator sent 1 % of its requests more than 63.2 ms late; 5.0 ms are allowed',
      '晚送出 63.2 ms 以上，容許 5.0 ms',
    ],
    [
      'no interval for the 99th percentile: 800 samples; 20 batches for this quantile need at least 1000',
      '第 99 百分位',
    ],
    [
      'no steady state before the fault: P50 fell from 41.97 to 20.44 ms before any fault',
      'P50 已由 41.97 變為 20.44 ms',
    ],
    ['Functions of the service, in the middle and in the slowest 5 requests, while profiled', '最慢的 5 次請求'],
    ['Financial crisis, 2008: the pipeline survives it', '2008 年金融海嘯：管線承受得住'],
    [
      'no-leak: JavaScript heap after garbage collection: 89 B per iteration (72 B to 102 B), p = 8.0e-12, budget 128 B',
      'p = 8.0e-12，容許 128 B',
    ],
    [
      'service frozen for 500 ms: outage 0.48 s, 0 requests failed, steady 19.0 s after the undo, slowest response 0.50 s, 6 relapses',
      '復發 6 次',
    ],
    [
      'A second instance without the fault ran beside it as a control: the machine stood still 2 times for both (31 ms in all, the longest 18 ms), which is not charged to the fault',
      '最長 18 ms',
    ],
    ['exact: high-water mark of the kernel', '核心記錄的最高水位'],
    ['batch-exceedance, look 1 of 4', '批次超越法'],
    ['response time from the intended start, requests of 1 row, Poisson arrivals at 30 /s', '每次請求 1 列'],
    ['response time from the intended start, requests of 1 rows, Poisson arrivals at 30 /s', '每次請求 1 列'],
    ['closed loop with 1 to 16 requests of 1 row under way', '每個 1 列'],
    ['closed loop with 1 to 16 requests of 20 rows under way', '每個 20 列'],
    ['the hypervisor gave 9.2 % of the CPU time to other machines', '9.2 % 的 CPU 時間'],
    ['tw-06 at intensity 0.5: borne.', 'tw-06，強度 0.5'],
    [
      'crashed: The service ended under the fault (code 1): an error that nobody catches takes all other requests with it. Catch it where the request is handled',
      '崩潰（crashed）：服務在故障中結束（code 1）',
    ],
    ['heap: with 22 MB it broke in 1 of 2 runs', '2 次執行中失敗 1 次'],
    [
      'simulated: 2000 stocks × 252 sessions to 2025-12-31, seed 42, signal 0.2, stress 1',
      '模擬：2000 檔股票 × 252 個交易日',
    ],
  ])('%s', (english, part) => {
    const said = inChinese(english);
    expect(said).toContain(part);
    expect(said).not.toMatch(/\$\d|undefined/);
  });
  it('stay in English as a whole where a part is not known, and are marked as the original', () => {
    expect(inChinese('signal/ic failed: something that nobody has translated')).toBeUndefined();
    const page = renderReport(aRun(), { language: 'zh-TW' });
    expect(page).toContain('<q lang="en" class="original">');
  });
});
