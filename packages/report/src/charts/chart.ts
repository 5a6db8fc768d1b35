import type { Unit } from '@preopen/core';

/** What a mark says beyond its place: one accent, its quieter companions, and the one that warns. */
export type Tone = 1 | 2 | 3 | 4 | 5 | 6 | 'bad' | 'quiet' | 'faint';

/** One column of figures as it is to be drawn; values stand in the panel's unit, in the order of the chart’s positions. */
export interface Mark {
  readonly name: string;
  readonly kind: 'line' | 'dashes' | 'points' | 'bars' | 'stack' | 'area';
  readonly tone: Tone;
  /** Whether a line goes on across positions without a value: where they are turns, not time. */
  readonly bridges?: boolean;
  readonly values: readonly (number | null)[];
}

/** An interval drawn as a whisker at one position. */
export interface Whisker {
  readonly at: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A line across a panel: a limit, or a figure that the chart is about. */
export interface Level {
  readonly label: string;
  /** In the panel’s unit. */
  readonly value: number;
  readonly tone: 'limit' | 'figure';
}

/** Marks of one unit above one another's positions; panels never share a second axis. */
export interface Panel {
  /** What is measured, where the chart's title does not say it. */
  readonly name?: string;
  /** Unit of the values; `percent`: ratios that are read as shares of a hundred. */
  readonly unit: Unit | 'percent' | undefined;
  readonly scale: 'linear' | 'log';
  /** Whether a linear axis goes around the values rather than from zero: for dots and lines whose changes matter. */
  readonly aroundValues?: boolean;
  /** Height against the other panels. */
  readonly share: number;
  readonly marks: readonly Mark[];
  readonly whiskers?: readonly Whisker[];
  readonly levels?: readonly Level[];
}

/** Where the marks stand. */
export type Positions =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly unit: Unit | undefined;
      readonly scale: 'linear' | 'log';
      readonly values: readonly number[];
      /** Ends of the axis that several charts share. */
      readonly ends?: readonly [number, number];
    }
  /** Shares of requests, spread as in HdrHistogram’s plots: equal steps for 90, 99, 99.9 %. */
  | { readonly kind: 'nines'; readonly name: string; readonly values: readonly number[] }
  /** Days or names in their order, upright. */
  | { readonly kind: 'ordered'; readonly name: string; readonly values: readonly string[] }
  /** Names beneath each other with bars to the right, so that long ones can be read. */
  | { readonly kind: 'rows'; readonly name: string; readonly values: readonly string[] };

/** A stretch or a moment that all panels share. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly label?: string;
  readonly tone: 'stall' | 'interval' | 'stage';
}

/** A drawing as data: what stands where, in which unit; nothing here knows of pixels or of the renderer. */
export interface Chart {
  readonly positions: Positions;
  readonly panels: readonly Panel[];
  readonly stretches?: readonly Stretch[];
  /** Short marks at the foot of the first panel, such as pauses; the name stands beside them. */
  readonly instants?: { readonly name: string; readonly at: readonly number[] };
  readonly moments?: readonly { readonly at: number; readonly label: string }[];
}
