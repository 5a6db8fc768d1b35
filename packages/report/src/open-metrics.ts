import type { Measurement, Results, Verdict } from '@preopen/core';
import { labelsText, type MetricFamily, openMetricsText, sampleText } from './open-metrics-text.ts';

const verdicts: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'not-measured'];

/** OpenMetrics names units in full and counts time in seconds. */
const units: Readonly<Record<Measurement['unit'], { readonly suffix: string; readonly factor: number }>> = {
  ms: { suffix: 'seconds', factor: 1e-3 },
  s: { suffix: 'seconds', factor: 1 },
  bytes: { suffix: 'bytes', factor: 1 },
  '1/s': { suffix: 'per_second', factor: 1 },
  ratio: { suffix: 'ratio', factor: 1 },
  count: { suffix: '', factor: 1 },
};

/**
 * The run as OpenMetrics text: each measurement as a gauge in its base unit with the ends of its interval beside it, and
 * verdicts as state sets. What was not measured has no gauge, and its verdict is `not-measured`, never a number.
 */
export function renderOpenMetrics(results: Results): string {
  return openMetricsText(resultFamilies(results));
}

/** What {@link renderOpenMetrics} renders, to stand beside families of others. */
export function resultFamilies(results: Results): Iterable<MetricFamily> {
  const families = new Map<string, MetricFamily & { samples: string[] }>();
  const add = (name: string, family: Pick<MetricFamily, 'type' | 'unit' | 'help'>, sample: string): void => {
    const known = families.get(name) ?? { name, ...family, samples: [] };
    known.samples.push(sample);
    families.set(name, known);
  };
  const { run, target } = results;
  const common = { target: target.name, suite: run.suite };
  add(
    'preopen_run',
    { type: 'info', unit: '', help: 'The run that the figures come from.' },
    sampleText(
      'preopen_run_info',
      { ...common, run: run.id, tool: `${run.tool.name} ${run.tool.version}`, status: run.status },
      1,
    ),
  );
  add(
    'preopen_run_end_timestamp_seconds',
    { type: 'gauge', unit: 'seconds', help: 'When the run ended.' },
    sampleText('preopen_run_end_timestamp_seconds', common, (Date.parse(run.startedAt) + run.durationMs) / 1000),
  );
  const state = (name: string, help: string, pairs: Readonly<Record<string, string>>, verdict: Verdict): void => {
    for (const one of verdicts)
      add(
        name,
        { type: 'stateset', unit: '', help },
        sampleText(name, { ...pairs, [name]: one }, one === verdict ? 1 : 0),
      );
  };
  state('preopen_verdict', 'What the run came to.', common, results.verdict);
  for (const { id, required, verdict } of results.requirements)
    state(
      'preopen_requirement_verdict',
      'What each requirement came to.',
      { ...common, requirement: id, required: String(required) },
      verdict,
    );
  const seen = new Set<string>();
  for (const check of results.checks) {
    for (const { metric, value, unit, interval } of check.measurements) {
      const { suffix, factor } = units[unit];
      const stem = `preopen_${metric.replace(/[^A-Za-z0-9_]/g, '_')}`;
      const name = (part: string): string =>
        [stem, ...(part === '' ? [] : [part]), ...(suffix === '' ? [] : [suffix])].join('_');
      const pairs = { ...common, check: check.id };
      const key = `${name('')}${labelsText(pairs)}`;
      // Two samples of one name and labels would make the whole text invalid.
      if (!Number.isFinite(value) || seen.has(key)) continue;
      seen.add(key);
      const ends: [string, number][] = [
        ['', value],
        ...(interval
          ? ([
              ['low', interval.low],
              ['high', interval.high],
            ] as [string, number][])
          : []),
      ];
      for (const [part, amount] of ends) {
        const help = `${metric}${part === '' ? '' : `, ${part} end of its interval`}`;
        add(name(part), { type: 'gauge', unit: suffix, help }, sampleText(name(part), pairs, amount * factor));
      }
    }
  }
  return families.values();
}
