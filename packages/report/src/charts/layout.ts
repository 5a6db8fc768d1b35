import type { Chart, Panel, Positions } from './chart.ts';
import { textWidth } from './letters.ts';
import { type DisplayUnit, displayUnit, linearTicks, logTicks, nines, ninesTicks, type Ticks } from './scale.ts';
import { thinnedRows } from './thin.ts';

export interface DrawingSize {
  /** Pixels; the image scales with its place. */
  readonly width: number;
  /** Positions drawn at most; peaks are kept. */
  readonly most: number;
  /** Names stand at the ends of lines where there is room. */
  readonly namesAtEnds: boolean;
}

/** Rows beyond which they stand closer. */
export const manyRows = 12;
/** Room above a panel, for its name. */
export const panelTop = 24;
/** Rows have no name above them, unless a level stands there. */
const rowsTop = 6;
const axisBottom = 36;

/** A panel with its place in the drawing. */
export interface LaidPanel {
  readonly panel: Panel;
  readonly unit: DisplayUnit;
  readonly ticks: Ticks;
  readonly top: number;
  readonly height: number;
  /** Levels that are drawn; the others are told. */
  readonly levels: NonNullable<Panel['levels']>;
  /** Whether names of levels stand above the panel: within it bars would run through them. */
  readonly levelsAbove: boolean;
  /** Where a value of the panel's unit stands on the axis. */
  readonly place: (value: number) => number;
}

function valuesOf(panel: Panel): number[] {
  const stacked = panel.marks.filter(({ kind }) => kind === 'stack');
  const rows = stacked[0]?.values.length ?? 0;
  const sums = Array.from({ length: rows }, (_, row) =>
    stacked.reduce((sum, { values }) => sum + (values[row] ?? 0), 0),
  );
  const plain = panel.marks.filter(({ kind }) => kind !== 'stack').flatMap(({ values }) => values);
  const whiskers = (panel.whiskers ?? []).flatMap(({ low, high, value }) => [low, high, value]);
  return [...plain, ...sums, ...whiskers].filter((value): value is number => value !== null && Number.isFinite(value));
}

/** Levels that stand near enough to the marks to be drawn without pressing them flat. */
function levelsInReach(panel: Panel, least: number, most: number): NonNullable<Panel['levels']> {
  return (panel.levels ?? []).filter(({ value }) =>
    panel.scale === 'log'
      ? value > 0 && value <= most * 30 && value >= least / 30
      : Math.abs(value) <= 3 * Math.max(Math.abs(most), Math.abs(least)),
  );
}

function layPanel(panel: Panel, top: number, height: number, steps: number): LaidPanel | undefined {
  const all = valuesOf(panel);
  const usable = panel.scale === 'log' ? all.filter((value) => value > 0) : all;
  if (usable.length === 0) return undefined;
  const levels = levelsInReach(panel, Math.min(...usable), Math.max(...usable));
  const low = Math.min(...usable, ...levels.map(({ value }) => value));
  const high = Math.max(...usable, ...levels.map(({ value }) => value));
  const unit = displayUnit(panel.unit, Math.max(Math.abs(low), Math.abs(high)));
  // Lengths of bars and areas mean something only from zero on; so do lines of counts, sizes and times.
  const from = panel.aroundValues ? low : Math.min(0, low);
  const to = panel.aroundValues ? high : Math.max(0, high);
  const ticks =
    panel.scale === 'log'
      ? logTicks(low * unit.factor, high * unit.factor, height < 110)
      : linearTicks(from * unit.factor, to * unit.factor, steps);
  const place = (value: number): number =>
    panel.scale === 'log' ? Math.log10(Math.max(value * unit.factor, 10 ** ticks.min)) : value * unit.factor;
  // Points stand anywhere, also where a level's name would.
  const levelsAbove = panel.marks.some(
    ({ kind, values }) => kind === 'points' || ((kind === 'bars' || kind === 'stack') && values.length > manyRows),
  );
  return { panel, unit, ticks, top, height, levels, levelsAbove, place };
}

/** The axis that all panels share. */
export interface LaidPositions {
  readonly ticks: Ticks | undefined;
  readonly unit: DisplayUnit;
  /** Where a row stands on the axis. */
  readonly of: (row: number) => number | string;
  readonly place: (value: number) => number;
  /** Where a value stands in the plot, 0 to 1; of names and days the row is the value. */
  readonly share: (value: number) => number;
}

/** Names and days: equal steps, one for each row that is drawn. */
function orderedPositions(rows: readonly number[]): LaidPositions {
  const steps = new Map(rows.map((row, step) => [row, step]));
  // A row that is not drawn stands where the next one does.
  const place = (row: number): number =>
    steps.get(row) ??
    Math.max(
      0,
      rows.findIndex((drawn) => drawn >= row),
    );
  return {
    ticks: undefined,
    unit: { factor: 1, name: '' },
    of: (row) => String(place(row)),
    place,
    share: (row) => (place(row) + 0.5) / rows.length,
  };
}

function layPositions(positions: Positions, rows: readonly number[], plotWidth: number): LaidPositions {
  if (positions.kind === 'ordered' || positions.kind === 'rows') return orderedPositions(rows);
  const shareOf =
    ({ min, max }: Ticks, place: (value: number) => number) =>
    (value: number): number =>
      (place(value) - min) / (max - min);
  if (positions.kind === 'nines') {
    const ticks = ninesTicks(positions.values);
    return {
      ticks,
      unit: { factor: 1, name: '' },
      of: (row) => nines(positions.values[row]!),
      place: nines,
      share: shareOf(ticks, nines),
    };
  }
  const { values, ends, scale } = positions;
  const largest = Math.max(...values.map(Math.abs));
  const unit = displayUnit(positions.unit, largest);
  const log = scale === 'log' && values.every((value) => value > 0);
  const count = Math.max(2, Math.floor(plotWidth / 70));
  const low = Math.min(...values) * unit.factor;
  const high = Math.max(...values) * unit.factor;
  const place = (value: number): number => (log ? Math.log10(value * unit.factor) : value * unit.factor);
  const given: readonly [number, number] | undefined = ends && [ends[0] * unit.factor, ends[1] * unit.factor];
  const ticks = log
    ? logTicks(low, high)
    : linearTicks(low, high, count, given ?? (low === high ? undefined : [low, high]));
  return { ticks, unit, of: (row) => place(values[row]!), place, share: shareOf(ticks, place) };
}

/** Names at the ends are for a few lines; bars and more lines have a legend. */
export function namesFit(panel: Panel): boolean {
  return (
    panel.marks.length > 1 &&
    panel.marks.length <= 4 &&
    panel.marks.every(
      ({ kind, name }) => (kind === 'line' || kind === 'dashes' || kind === 'area') && textWidth(name) <= 110,
    )
  );
}

/** Where everything of a chart stands, in pixels. */
export interface Layout {
  /** Names beneath each other with bars to the right. */
  readonly flat: boolean;
  /** Rows of the chart that are drawn. */
  readonly rows: readonly number[];
  readonly panels: readonly LaidPanel[];
  readonly across: LaidPositions;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly plotWidth: number;
  /** Room for the names of rows. */
  readonly named: number;
  /** Whether the lines of a panel carry their names, by panel. */
  readonly hasEndNames: readonly boolean[];
}

/** Lays a chart out; `undefined` where there is nothing to draw. */
export function layOut(chart: Chart, size: DrawingSize): Layout | undefined {
  const { positions } = chart;
  const { width } = size;
  const flat = positions.kind === 'rows';
  const columns = chart.panels.flatMap(({ marks }) => marks.map(({ values }) => values));
  const rows = flat ? positions.values.map((_, row) => row) : thinnedRows(columns, positions.values.length, size.most);
  if (rows.length === 0) return undefined;
  // Heights first, then what stands in them.
  const hasLevels = chart.panels.some(({ levels }) => (levels?.length ?? 0) > 0);
  let top = flat && !hasLevels ? rowsTop : panelTop;
  const panels: LaidPanel[] = [];
  const base = width < 400 ? 170 : 190;
  for (const panel of chart.panels) {
    // Parts that are stacked share a bar.
    const bars = new Set(panel.marks.map(({ kind, name }) => (kind === 'stack' ? kind : name))).size;
    const pitch = bars * 14 + (rows.length > manyRows ? 3 : 12);
    const height = flat ? rows.length * pitch + 6 : Math.round(base * panel.share);
    const laid = layPanel(panel, top, height, flat ? Math.max(3, Math.floor(width / 160)) : height < 90 ? 3 : 4);
    if (!laid) continue;
    panels.push(laid);
    top += height + panelTop + 8;
  }
  const last = panels.at(-1);
  if (!last) return undefined;
  const height = last.top + last.height + (flat && !last.panel.name ? 24 : axisBottom);
  const named = flat
    ? Math.min(width * 0.42, Math.max(...positions.values.map(textWidth)))
    : Math.max(...panels.flatMap(({ ticks }) => ticks.at.map((at) => textWidth(ticks.text(at)))));
  // Charts of one kind beneath each other begin at one place where their numbers allow it.
  const left = Math.ceil(flat ? named : Math.max(34, named)) + 12;
  const hasEndNames = (panel: Panel): boolean => size.namesAtEnds && !flat && namesFit(panel);
  const endNames = panels.filter(({ panel }) => hasEndNames(panel)).flatMap(({ panel }) => panel.marks);
  const right = Math.max(flat ? 30 : 18, ...endNames.map(({ name }) => textWidth(name) + 14));
  const plotWidth = width - left - right;
  return {
    flat,
    rows,
    panels,
    across: layPositions(positions, rows, plotWidth),
    width,
    height,
    left,
    plotWidth,
    named,
    hasEndNames: panels.map(({ panel }) => hasEndNames(panel)),
  };
}
