import { type CheckResult, formatQuantity, type Series } from '@preopen/core';
import { numbers } from '../charts/context.ts';
import { shortPath } from '../charts/short-path.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { type PageContext, said } from './parts.ts';

/** What one strip shows, and what is said beside it. */
interface Strip {
  /** Name of the column. */
  readonly column: string;
  readonly kind: 'line' | 'area' | 'bars';
  /** The figure beside it: of all values the one that a reader looks for. */
  readonly told: (values: readonly number[]) => string;
}

const lowest = (values: readonly number[]): number => values.reduce((least, one) => Math.min(least, one), Infinity);
const highest = (values: readonly number[]): number => values.reduce((most, one) => Math.max(most, one), -Infinity);
/** The value that lies furthest from zero. */
const furthest = (values: readonly number[]): number =>
  -lowest(values) >= highest(values) ? lowest(values) : highest(values);
const percent = (value: number): string => formatQuantity(value, 'ratio', { asPercent: true }).replace(/^-/, '−');

/** Strips of the series that scenarios have, by the id of the series. */
const strips: Readonly<Record<string, readonly Strip[]>> = {
  'taiwan.market': [
    {
      column: 'mean stock',
      kind: 'line',
      told: (values) => percent(furthest(values)),
    },
    { column: 'at a limit', kind: 'area', told: (values) => `≤ ${percent(highest(values))}` },
    { column: 'halted', kind: 'area', told: (values) => `≤ ${percent(highest(values))}` },
    {
      column: 'rank IC',
      kind: 'bars',
      told: (values) => `${lowest(values).toFixed(2).replace('-', '−')}…${highest(values).toFixed(2)}`,
    },
  ],
  'taiwan.requests': [
    { column: 'slowest', kind: 'line', told: (values) => `≤ ${formatQuantity(highest(values), 'ms')}` },
  ],
};

/** Whether small charts show all of a check's series. */
export const isMini = ({ series }: Pick<CheckResult, 'series'>): boolean =>
  series.every(({ id }) => Object.hasOwn(strips, id));

/** Ends of the axes that all small charts of one kind share, so that a deep fall looks deep; by series and column. */
export type SharedEnds = ReadonlyMap<string, readonly [number, number]>;

const keyOf = (series: string, column: string): string => `${series} ${column}`;

/** The ends of all strips over the checks of a section. */
export function sharedEnds(checks: readonly CheckResult[]): SharedEnds {
  const ends = new Map<string, readonly [number, number]>();
  for (const one of checks.flatMap(({ series }) => series)) {
    for (const { column } of strips[one.id] ?? []) {
      const values = (numbers(one, column) ?? []).filter((value): value is number => value !== null);
      const [low, high] = ends.get(keyOf(one.id, column)) ?? [0, 0];
      ends.set(keyOf(one.id, column), [Math.min(low, ...values), Math.max(high, ...values)]);
    }
  }
  return ends;
}

const height = 30;

function drawStrip(
  values: readonly (number | null)[],
  kind: Strip['kind'],
  [low, high]: readonly [number, number],
  stress: readonly (number | null)[] | undefined,
): Html {
  // One step a value: the picture is stretched to its place, and whole numbers are short.
  const y = (value: number): number => Number((1 + (height - 2) * (1 - (value - low) / (high - low))).toFixed(1));
  const zero = y(0);
  const known = values.flatMap((value, k) => (value === null ? [] : [{ k, value }]));
  const line = shortPath(`M${known.map(({ k, value }) => `${k} ${y(value)}`).join('L')}`);
  const starts = (stress ?? []).flatMap((one, k) => (one && !stress![k - 1] ? [k] : []));
  const stressed = starts.map((from) => {
    const after = stress!.findIndex((one, k) => k > from && !one);
    const sessions = (after < 0 ? stress!.length : after) - from;
    return `M${from - 0.5} 0h${sessions}v${height}h-${sessions}z`;
  });
  const shade = stressed.length > 0 ? `<path class="stress" d="${stressed.join('')}"/>` : '';
  const mark =
    kind === 'bars'
      ? `<path class="bars" stroke-width=".7" d="${known.map(({ k, value }) => `M${k} ${zero}V${y(value)}`).join('')}"/>`
      : kind === 'area'
        ? `<path class="area" d="${line}V${zero}H${known[0]?.k ?? 0}z"/>`
        : `<path class="line" d="${line}"/>`;
  return trusted(
    `<svg class="mini" viewBox="-.5 0 ${values.length} ${height}" preserveAspectRatio="none" aria-hidden="true">${shade}<path class="zero" d="M-.5 ${zero}h${values.length}"/>${mark}</svg>`,
  );
}

/** A series as strips beneath each other: what it is, how it went, and between which ends; nothing where all is zero. */
export function miniCharts(series: Series, ends: SharedEnds, context: PageContext): Html {
  const rows = (strips[series.id] ?? []).flatMap(({ column, kind, told }) => {
    const values = numbers(series, column);
    const shared = ends.get(keyOf(series.id, column));
    const known = values?.filter((value): value is number => value !== null) ?? [];
    if (!values || !shared || shared[0] === shared[1] || known.every((value) => value === 0)) return [];
    const drawing = drawStrip(values, kind, shared, numbers(series, 'stress'));
    return [
      html`<li><span class="soft">${said(column, context)}</span>${drawing}<span class="told">${told(known)}</span></li>`,
    ];
  });
  return rows.length === 0 ? nothing : html`<ul class="minis">${rows}</ul>`;
}
