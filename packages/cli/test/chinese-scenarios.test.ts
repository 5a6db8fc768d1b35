import { indexBreaker, serviceScenarios } from '@preopen/market-tw';
import { renderReport } from '@preopen/report';
import { describe, expect, it } from 'vitest';
import { invariantSentences } from '../../failover/src/taiwan/invariants.ts';
import { panelScenarios, panelStory } from '../../market-tw/src/stress-panel-check.ts';
import { serviceStory } from '../../market-tw/src/stress-service-check.ts';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck, plainResults } from '../../report/scripts/plain-results.mjs';
import { builtinChecks } from '../src/checks.ts';

/** Which of the texts a Chinese page shows as their English original; a text stands there as a note of a check. */
function leftInEnglish(texts: readonly string[]): string[] {
  const checks = texts.map((text, k) =>
    plainCheck({ id: `taiwan/text-${k}`, title: '標題', notes: [text], series: [], measurements: [] }),
  );
  const page = renderReport(plainResults({ checks }), { language: 'zh-TW' });
  const originals = [...page.matchAll(/<q lang="en" class="original">(.*?)<\/q>/gs)].map(([, text]) => text);
  return texts.filter((_, k) => originals.some((original) => original === escaped(texts[k]!)));
}
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

describe('on a Chinese page', () => {
  it('a text that nobody has translated is told as its original', () => {
    expect(leftInEnglish(['A scenario of tomorrow: it rains frogs.'])).toEqual([
      'A scenario of tomorrow: it rains frogs.',
    ]);
  });
  it('the story of every market scenario is told in Chinese', () => {
    const stories = [...panelScenarios, indexBreaker(0.05)].map(panelStory);
    expect(leftInEnglish([...stories, ...serviceScenarios.map(serviceStory)])).toEqual([]);
  });
  it('every check that comes with the command has a Chinese title', () => {
    const titles = [...new Set(builtinChecks().map(({ title }) => title))];
    expect(leftInEnglish(titles)).toEqual([]);
  });
  it('what must hold under a failure of the market is said in Chinese', () => {
    expect(leftInEnglish(Object.values(invariantSentences))).toEqual([]);
  });
});
