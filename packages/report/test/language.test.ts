import { describe, expect, it } from 'vitest';
import { chinese } from '../src/language/chinese.ts';
import { chineseTerms } from '../src/language/chinese-terms.ts';
import { english } from '../src/language/english.ts';

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
    ['toString', undefined],
  ])('says of “%s” “%s”, and nothing by halves', (inEnglish, inChinese) => {
    expect(chinese.term(inEnglish)).toBe(inChinese);
  });
});
