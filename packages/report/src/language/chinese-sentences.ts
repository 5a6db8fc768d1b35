import { chineseScenarioTitles } from './chinese-scenarios.ts';
import { chineseTerms } from './chinese-terms.ts';

/**
 * Titles and reasons with figures in them, as checks say them, and how they are said in Chinese. A nested one ends in a
 * reason of its own: where that is not known, the whole stays in English rather than half.
 */
const patterns: readonly (readonly [pattern: RegExp, chinese: string, nested?: 'nested'])[] = [
  [/^(.+) lies across the limit (.+) after ([\d,]+) samples$/, '$1 在 $3 個樣本後仍跨越門檻 $2'],
  [
    /^other processes took ([\d.]+ %) of the machine's CPU time(?:, most of it (.+))?$/,
    '其他程序占用了機器 CPU 時間的 $1（主要為 $2）',
  ],
  [/^measured twice: the first time, (.+)$/, '測量了兩次；第一次時，$1', 'nested'],
  [/^(.+) measures it, which is not in (\S+) but in (.+)$/, '由 $1 測量，該檢查不在套件 $2 中，而在 $3 中'],
  [/^left out by (only|skip) (.+)$/, '因 $1 $2 而略過'],
  [/^(\S+) ended without measuring it$/, '$1 結束時未測得此項'],
  [/^(\S+) skipped: (.+)$/, '$1 未執行：$2', 'nested'],
  [/^(\S+) failed: (.+)$/, '$1 失敗：$2', 'nested'],
  [
    /^Stages of the response time, in the middle and in the slowest ([\d,]+) requests$/,
    '回應時間的各階段：居中的請求與最慢的 $1 次請求',
  ],
  [/^Peak memory of the pipeline by the size of the universe, (\d+) days$/, '依股票數的管線記憶體峰值（$1 個交易日）'],
  [/^(.+): the pipeline survives it$/, '$1：管線承受得住', 'nested'],
  [/^Requests around the fault “(.+)”$/, '故障「$1」前後的請求'],
];

/** A text of a check in Chinese; `undefined` for one that is not known. */
export function inChinese(english: string): string | undefined {
  for (const terms of [chineseTerms, chineseScenarioTitles]) if (Object.hasOwn(terms, english)) return terms[english];
  for (const [pattern, chinese, nested] of patterns) {
    const match = pattern.exec(english);
    if (!match || (nested && inChinese(match.at(-1)!) === undefined)) continue;
    const part = (index: string): string => {
      const text = match[Number(index)] ?? '';
      return inChinese(text) ?? text.replace(/([\d∞%A-Za-z]) to ([\d∞−-])/g, '$1 至 $2');
    };
    return chinese.replace(/\$(\d)/g, (_, index: string) => part(index)).replace('（主要為 ）', '');
  }
  return undefined;
}
