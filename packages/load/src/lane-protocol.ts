import type { EncodedRequest } from '@preopen/core';
import type { RequestColumns, StageBreakdown } from '@preopen/latency';
import type { LaneScenario } from './open-load.ts';

/** Codecs that a thread has of its own; others are functions, which cannot be sent to it. */
export type LaneCodec = 'open-inference' | 'http/plain';

/** What a lane's thread is started with. */
export interface LaneJob {
  readonly url: string;
  /** Who reads the answers. */
  readonly codec: LaneCodec;
  readonly requests: readonly EncodedRequest[];
  /** Numbers of the payloads in the order of sending, used again from the start. */
  readonly order: Uint16Array;
  readonly scenario: LaneScenario;
  /** The run's clock is the system's monotonic one plus this. */
  readonly clockOffsetMs: number;
}

/** What is said to a lane. */
export type LaneOrder = { readonly type: 'start'; readonly startMs: number } | { readonly type: 'stop' };

/** Counts of a lane so far, and the response times since its last report. */
export interface LaneProgress {
  readonly type: 'progress';
  readonly scheduled: number;
  readonly ok: number;
  readonly failed: number;
  readonly recentMs: Float64Array;
}

/** What a lane says. */
export type LaneMessage =
  | { readonly type: 'ready' }
  | LaneProgress
  | {
      readonly type: 'done';
      readonly columns: RequestColumns;
      readonly stages: StageBreakdown | undefined;
      readonly problems: readonly (readonly [string, number])[];
      readonly inFlightMs: number;
      readonly pacer: 'sleep' | 'spin';
      /** Share of the time in which the lane's event loop was busy; 1 for a spinning pacer. */
      readonly utilisation: number;
    };
