import { type Adjustment, isOnGrid } from './adjustment.ts';
import { type ExaminedPanel, wholeCents } from './examined-panel.ts';
import { countFindings, type Finding, type FindingExample, type FindingKind, notTested } from './findings.ts';

/** New stocks have no limit in their first five sessions; a suspended one comes back with a new reference. */
const freeSessions = 5;

/** Thin stocks do trade the same few lots at the same price twice running. */
const fewestRepeated = 100_000;
/** Figures that no stock has twice running: among them the volume to the share. */
const repeatedFields = ['open', 'high', 'low', 'close', 'volume', 'turnoverTwd'] as const;

/** A row of the panel on its way through the tests. */
interface Row {
  readonly at: number;
  readonly t: number;
  readonly i: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** The stock's last close before; `NaN` for none. */
  readonly lastClose: number;
  /** Rows of this stock since it came into the panel, from 1; 0 for stocks that were there on the first day. */
  readonly session: number;
}

/** Rows one by one: bars, ticks, limits, jumps, volumes. */
export function barFindings(examined: ExaminedPanel, adjustment: Adjustment, mostExamples: number): Finding[] {
  const { panel, data } = examined;
  const { stocks, dates, fields } = panel;
  const n = stocks.length;
  const counts = new Map<FindingKind, ReturnType<typeof countFindings>>();
  const count = (kind: FindingKind): ReturnType<typeof countFindings> => {
    const known = counts.get(kind) ?? countFindings(kind, mostExamples);
    counts.set(kind, known);
    return known;
  };
  const example = ({ at, t, i }: Row, value: string): FindingExample => {
    const place = data.placeOf(at);
    return {
      stock: stocks[i]!.code,
      date: dates[t]!,
      value,
      ...(place ? { file: place.path, line: place.line } : {}),
    };
  };
  const test = (kind: FindingKind, row: Row, isFound: boolean, value: () => string): void => {
    const kindCount = count(kind);
    kindCount.tested++;
    if (isFound) kindCount.add(() => example(row, value()));
  };
  const usualVolume = medianVolumes(examined);
  const limits = createLimitTest(examined, usualVolume);
  const lastClose = new Float64Array(n).fill(Number.NaN);
  const lastRow = new Int32Array(n).fill(-1);
  const repeatsLast = ({ at, i }: Row): boolean =>
    lastRow[i]! >= 0 &&
    repeatedFields.every((field) => {
      const [now, before] = [fields[field][at]!, fields[field][lastRow[i]!]!];
      return now === before || (Number.isNaN(now) && Number.isNaN(before));
    });
  const sessions = new Int32Array(n);
  for (let t = 0; t < dates.length; t++) {
    for (let i = 0; i < n; i++) {
      const at = t * n + i;
      if (!examined.hasRow(at)) continue;
      if (examined.firstDay[i]! > 0) sessions[i]!++;
      const row: Row = {
        at,
        t,
        i,
        open: fields.open[at]!,
        high: fields.high[at]!,
        low: fields.low[at]!,
        close: fields.close[at]!,
        volume: fields.volume[at]!,
        lastClose: lastClose[i]!,
        session: sessions[i]!,
      };
      const { open, high, low, close, volume } = row;
      test('no-price', row, Number.isNaN(close), () => `volume ${volume}`);
      if (Number.isNaN(close)) continue;
      const bar = `open ${open}, high ${high}, low ${low}, close ${close}`;
      // Written so that a missing open, high or low is not found inconsistent.
      const isTorn = low > high || open > high || open < low || close > high || close < low;
      test('inconsistent-bar', row, isTorn, () => bar);
      test('zero-volume', row, volume === 0, () => bar);
      const isStale = volume === 0 && open === close && high === close && low === close && close === row.lastClose;
      test('stale-price', row, isStale, () => bar);
      test('repeated-bar', row, volume >= fewestRepeated && repeatsLast(row), () => `${bar}, volume ${volume}`);
      const turnover = fields.turnoverTwd[at]!;
      if (volume > 0 && !Number.isNaN(turnover)) {
        // Blocks and odd lots move the mean price by far less.
        const isOtherUnit = turnover > 100 * high * volume || turnover * 100 < low * volume;
        test('unit-mismatch', row, isOtherUnit, () => `volume ${volume}, turnover ${turnover}, ${bar}`);
      }
      const change = data.changeTwd[at]!;
      if (!Number.isNaN(change) && !Number.isNaN(row.lastClose)) {
        const isFalse = change === 0 && close !== row.lastClose;
        test('false-zero-change', row, isFalse, () => `change 0.00, close ${row.lastClose} to ${close}`);
      }
      const kind = examined.kinds[i]!;
      if (!adjustment.isAdjusted && (kind === 'stock' || kind === 'fund')) {
        const grid = examined.grids[t]![kind];
        const isOff = [open, high, low, close].some((price) => !Number.isNaN(price) && !isOnGrid(price, grid));
        test('off-tick', row, isOff, () => bar);
      }
      if (kind === 'stock') limits(row, adjustment.isAdjusted, test);
      lastClose[i] = close;
      lastRow[i] = at;
    }
  }
  const unsure =
    data.references.change + data.references.given + data.references.published === 0 && data.files.length > 0;
  return finishBars(count, adjustment, unsure);
}

/** Limits, locks and jumps of common and preferred stock; what funds may move is not told by their codes. */
function createLimitTest(
  examined: ExaminedPanel,
  usualVolume: Float64Array,
): (
  row: Row,
  isAdjusted: boolean,
  test: (kind: FindingKind, row: Row, isFound: boolean, value: () => string) => void,
) => void {
  return (row, isAdjusted, test) => {
    const { at, t, i, high, low, close, volume, lastClose } = row;
    const isFree = row.session > 0 && row.session <= freeSessions;
    const source = examined.sourceOf(at);
    const isSure = source === 'given' || source === 'published' || source === 'change' || source === 'lastClose';
    if (!Number.isNaN(lastClose) && !isFree && source !== 'given' && source !== 'published') {
      // With a change the reference follows from it; without one the last close is all there is.
      const reference = source === 'change' ? examined.panel.fields.reference[at]! : lastClose;
      const ratio = close / reference;
      test(
        'split-like-jump',
        row,
        ratio < 0.88 || ratio > 1.12,
        () => `${reference} to ${close}, ×${ratio.toFixed(3)}`,
      );
    }
    const reference = isSure ? wholeCents(examined.panel.fields.reference[at]!) : undefined;
    if (isAdjusted || isFree || reference === undefined) return;
    const grid = examined.grids[t]!.stock;
    const down = grid.limitDown(reference) / 100;
    const up = grid.limitUp(reference) / 100;
    const hair = 1e-6;
    test(
      'outside-limits',
      row,
      high > up + hair || low < down - hair,
      () => `high ${high}, low ${low}, limits ${down} to ${up} of ${reference / 100} (${source})`,
    );
    const isLocked = high === low && (high >= up - hair || low <= down + hair);
    if (isLocked)
      test('busy-limit-lock', row, volume >= usualVolume[i]!, () => `volume ${volume}, usually ${usualVolume[i]}`);
  };
}

function medianVolumes({ panel }: ExaminedPanel): Float64Array {
  const n = panel.stocks.length;
  const { volume, close } = panel.fields;
  return Float64Array.from({ length: n }, (_, i) => {
    const traded: number[] = [];
    for (let at = i; at < volume.length; at += n) if (volume[at]! > 0 && close[at]! > 0) traded.push(volume[at]!);
    traded.sort((a, b) => a - b);
    return traded[traded.length >> 1] ?? Number.NaN;
  });
}

function finishBars(
  count: (kind: FindingKind) => ReturnType<typeof countFindings>,
  adjustment: Adjustment,
  isUnsure: boolean,
): Finding[] {
  const onRaw = (kind: FindingKind, note?: string): Finding =>
    adjustment.isAdjusted ? notTested(kind, adjustment.reason) : count(kind).finish(note);
  const unsure = isUnsure
    ? 'no change column: limits are taken from the last close, so ex-days may be among them'
    : undefined;
  return [
    count('inconsistent-bar').finish(),
    onRaw('off-tick', 'common and preferred stock, receipts, ETFs, ETNs and REITs'),
    onRaw(
      'outside-limits',
      unsure ?? 'common and preferred stock with a sure reference, after their first five sessions',
    ),
    count('split-like-jump').finish(unsure),
    count('zero-volume').finish(),
    count('stale-price').finish(),
    count('repeated-bar').finish('of a hundred lots and more'),
    count('unit-mismatch').finish(),
    onRaw('busy-limit-lock'),
    count('false-zero-change').finish(),
    count('no-price').finish(),
  ];
}
