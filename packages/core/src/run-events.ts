import type { CheckEvent, CheckId } from './check.ts';
import type { CheckResult, Results } from './results.ts';

/** What a run tells while it goes on; the live reporter draws from these alone. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: Results['run'];
      readonly target: Results['target'];
      readonly checks: readonly { readonly id: CheckId; readonly title: string; readonly expectedMs: number }[];
      readonly outputDir: string;
    }
  | { readonly type: 'dataset-ready'; readonly dataset: Results['dataset']; readonly durationMs: number }
  | { readonly type: 'dataset-preparing'; readonly stocks: number; readonly days: number }
  | {
      readonly type: 'check-started';
      readonly check: CheckId;
      readonly title: string;
      readonly expectedMs: number;
      readonly attempt: number;
    }
  | ({ readonly check: CheckId } & CheckEvent)
  | { readonly type: 'check-ended'; readonly check: CheckId; readonly result: CheckResult }
  | { readonly type: 'target-failed'; readonly check: CheckId; readonly message: string }
  | { readonly type: 'target-died'; readonly check: CheckId; readonly message: string }
  | { readonly type: 'save-failed'; readonly message: string }
  | { readonly type: 'run-ended'; readonly results: Results; readonly resultsPath: string };
