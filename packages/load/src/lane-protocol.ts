import type { EncodedRequest } from '@preopen/core';
import type { RequestColumns, StageBreakdown } from '@preopen/latency';
import type { ClosedLane } from './closed-lane.ts';
import type { LaneShare } from './load-under-way.ts';
import type { OpenLane } from './open-load.ts';

/** Codecs that a thread has of its own; others are functions, which cannot be sent to it. */
export type LaneCodec = 'open-inference' | 'http/plain';

/** What is to be sent, without its requests. */
export type LaneTraffic =
  | ({ readonly kind: 'open' } & Omit<OpenLane, keyof LaneShare>)
  | ({ readonly kind: 'closed' } & Omit<ClosedLane, keyof LaneShare>);

/** One load of a lane. */
export interface LaneJob {
  readonly url: string;
  /** Who reads the answers. */
  readonly codec: LaneCodec;
  readonly requests: readonly EncodedRequest[];
  /** Numbers of the payloads in the order of sending, used again from the start. */
  readonly order: Uint16Array;
  readonly traffic: LaneTraffic & LaneShare;
  /** The run's clock is the system's monotonic one plus this. */
  readonly clockOffsetMs: number;
}

/** What is said to a lane: a job first, then its start; `stop` may come at any time. */
export type LaneOrder =
  | { readonly type: 'job'; readonly job: LaneJob }
  | { readonly type: 'start'; readonly startMs: number }
  | { readonly type: 'stop' };

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
      /** `undefined` for a closed loop. */
      readonly pacer: 'sleep' | 'spin' | undefined;
      /** Whether more requests were under way than allowed. */
      readonly gaveUp: boolean;
      /** Share of the time in which the lane's event loop was busy; 1 for a spinning pacer. */
      readonly utilisation: number;
    };
