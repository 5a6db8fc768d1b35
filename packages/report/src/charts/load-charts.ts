import { formatQuantity } from '@preopen/core';
import type { Mark, Stretch } from './chart.ts';
import {
  type ChartBuilder,
  gapless,
  intervalText,
  labels,
  measurementOf,
  numbers,
  rowOfLargest,
  term,
} from './context.ts';

const perSecond = (value: number): string => formatQuantity(value, '1/s');
/** Limit under which the capacity check calls a rate sustained. Source: the specification */
const p95LimitMs = 100;

/** Latency by offered rate, and how much of what was offered was achieved. */
export const capacityChart =
  (metric: string): ChartBuilder =>
  (series, context) => {
    const offered = gapless(series, 'offered predictions');
    const achieved = numbers(series, 'achieved predictions');
    const p95 = numbers(series, 'P95 response');
    const p50 = numbers(series, 'P50 response');
    if (!offered || !p95 || offered.length < 2) return undefined;
    const verdicts = labels(series, 'verdict');
    const capacity = measurementOf(context.check, metric);
    const interval = capacity?.interval;
    const low = Math.min(...offered);
    const high = Math.max(...offered);
    const clip = (value: number): number => Math.min(high, Math.max(low, value));
    const band: Stretch[] =
      interval &&
      Number.isFinite(interval.low) &&
      Number.isFinite(interval.high) &&
      clip(interval.low) < clip(interval.high)
        ? [
            {
              from: clip(interval.low),
              to: clip(interval.high),
              tone: 'interval',
              label: context.words.labels.interval,
            },
          ]
        : [];
    // Only rates at which the generator kept its time say something of the target.
    const fair = (values: readonly (number | null)[]): (number | null)[] =>
      values.map((value, row) => (verdicts[row] === 'spoiled' || verdicts[row] === 'undecided' ? null : value));
    const where = (verdict: string): (number | null)[] =>
      p95.map((value, row) => (verdicts[row] === verdict ? value : null));
    const shape = new Set(offered).size < offered.length ? ('points' as const) : ('line' as const);
    const points = (
      [
        [context.words.labels.notHeld, 'bad', where('refuted')],
        [context.words.labels.generatorLate, 'quiet', where('spoiled')],
        [context.words.verdicts.inconclusive, 4, where('undecided')],
      ] as const
    )
      .filter(([, , values]) => values.some((value) => value !== null))
      .map(([name, tone, values]): Mark => ({ name, kind: 'points', tone, values }));
    const ratio = achieved?.map((value, row) => (value === null || offered[row] === 0 ? null : value / offered[row]!));
    const marks: Mark[] = [
      ...(p50 ? [{ name: 'P50', kind: shape, tone: 2 as const, values: fair(p50) }] : []),
      { name: 'P95', kind: shape, tone: 1, values: fair(p95) },
      ...points,
    ];
    return {
      chart: {
        positions: {
          kind: 'number',
          name: term(context, 'offered predictions'),
          unit: '1/s',
          scale: 'linear',
          values: offered,
        },
        panels: [
          {
            unit: 'ms',
            scale: 'log',
            share: 1,
            marks,
            levels: [{ label: context.words.limitOf(`P95 < ${p95LimitMs} ms`), value: p95LimitMs, tone: 'limit' }],
          },
          ...(ratio
            ? [
                {
                  name: context.words.labels.achievedShare,
                  unit: 'ratio' as const,
                  scale: 'linear' as const,
                  share: 0.4,
                  marks: [
                    {
                      name: context.words.labels.achievedShare,
                      kind: shape,
                      tone: 1 as const,
                      values: fair(ratio),
                    },
                  ],
                },
              ]
            : []),
        ],
        stretches: band,
      },
      ...(capacity
        ? {
            caption: context.words.captions.capacity({
              held: `${capacity.bound === 'at-least' ? '≥ ' : capacity.bound === 'at-most' ? '≤ ' : ''}${perSecond(capacity.value)}`,
              limit: `${p95LimitMs} ms`,
              interval: intervalText(context.words, capacity),
            }),
          }
        : {}),
    };
  };

/** Throughput by requests under way, the law through it, its knee, and what the load does to the latency. */
export const scalabilityChart: ChartBuilder = (series, context) => {
  const underWay = gapless(series, 'requests under way');
  const measured = numbers(series, 'measured');
  const law = numbers(series, 'scalability law');
  if (!underWay || !measured) return undefined;
  const knee = measurementOf(context.check, 'capacity.knee');
  const most = rowOfLargest(measured);
  // The law rises up to its peak: the first step beyond the knee's rate holds the knee.
  const beyond = knee && law ? law.findIndex((value) => value !== null && value >= knee.value) : -1;
  const kneeAt = beyond >= 0 && knee && law ? interpolated(underWay, law, beyond, knee.value) : undefined;
  // Each load is measured several times: a line would go up and down at each of them.
  const latency = (name: string, tone: Mark['tone']): Mark[] => {
    const values = numbers(series, name);
    return values ? [{ name, kind: 'points', tone, values }] : [];
  };
  return {
    chart: {
      positions: {
        kind: 'number',
        name: term(context, 'requests under way'),
        unit: 'count',
        scale: 'linear',
        values: underWay,
      },
      panels: [
        {
          name: term(context, 'predictions'),
          unit: '1/s',
          scale: 'linear',
          share: 1,
          marks: [
            { name: term(context, 'measured'), kind: 'points', tone: 1, values: measured },
            ...(law
              ? [{ name: term(context, 'scalability law'), kind: 'dashes' as const, tone: 2 as const, values: law }]
              : []),
          ],
        },
        {
          unit: 'ms',
          scale: 'linear',
          share: 0.5,
          marks: [...latency('P50', 5), ...latency('P95', 4)],
        },
      ],
      moments: kneeAt === undefined ? [] : [{ at: kneeAt, label: term(context, 'knee') }],
    },
    ...(knee && most >= 0
      ? {
          caption: context.words.captions.scalability({
            knee: perSecond(knee.value),
            most: perSecond(measured[most]!),
            at: String(underWay[most]!),
          }),
        }
      : {}),
  };
};

function interpolated(x: readonly number[], y: readonly (number | null)[], row: number, value: number): number {
  const before = y.slice(0, row).findLastIndex((one, k) => one !== null && x[k]! < x[row]!);
  if (before < 0) return x[row]!;
  const share = (value - y[before]!) / (y[row]! - y[before]!);
  return x[before]! + share * (x[row]! - x[before]!);
}
