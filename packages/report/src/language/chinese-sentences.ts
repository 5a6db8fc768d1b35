import { dataFaultPatterns, dataFaultTerms } from './chinese-data-faults.ts';
import { failoverPatterns, failoverTerms } from './chinese-failover.ts';
import { memoryPatterns, memoryTerms } from './chinese-memory.ts';
import { chinesePatterns } from './chinese-patterns.ts';
import { chineseScenarioStories, scenarioPatterns } from './chinese-scenario-stories.ts';
import { chineseScenarioTitles } from './chinese-scenarios.ts';
import { chineseTerms } from './chinese-terms.ts';

const vocabulary = [
  chineseTerms,
  chineseScenarioTitles,
  chineseScenarioStories,
  dataFaultTerms,
  failoverTerms,
  memoryTerms,
];
const patterns = [
  ...chinesePatterns,
  ...failoverPatterns,
  ...memoryPatterns,
  ...scenarioPatterns,
  ...dataFaultPatterns,
];

/** No sentence of a check is longer; a text of ten thousand letters need not be tried. */
const longest = 600;

/**
 * A text of a check in Chinese; `undefined` for one that is not known. Where the end of a nested one is not known, the whole
 * stays in English rather than half.
 */
export function inChinese(english: string): string | undefined {
  for (const terms of vocabulary) if (Object.hasOwn(terms, english)) return terms[english];
  // Dates and figures are the same in both; a series may hold thousands of them.
  if (english.length > longest || !/[A-Za-z]/.test(english)) return undefined;
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
