import type { Exchange, OutcomeKind, RunningService } from '@preopen/core';
import type { steppedClock } from './stepped-clock.ts';

/** How a call of the simulated service goes. */
export interface Call {
  readonly serviceMs: number;
  readonly outcome?: OutcomeKind;
  readonly problem?: string;
}

/** A service in virtual time: an answer moves the clock by what it takes. */
export function aService(
  clock: ReturnType<typeof steppedClock>,
  answer: (call: number, rows: number) => Call,
): RunningService {
  let calls = 0;
  return {
    name: 'simulated',
    url: new URL('http://127.0.0.1:9'),
    model: 'simulated',
    codec: {
      name: 'none',
      encode: (batch) => ({ method: 'POST', path: '/', headers: {}, body: null, predictions: batch.rows }),
      decode: () => new Float64Array(),
    },
    metadata: { name: 'simulated', features: 1, inputName: 'input', datatype: 'FP64' },
    startMs: undefined,
    batch: (rows) => ({ rows, features: 1, values: new Float64Array(rows) }),
    async send(request): Promise<Exchange> {
      const { serviceMs, outcome = 'ok', problem } = answer(calls++, request.predictions);
      const sentMs = clock.nowMs();
      clock.advance(serviceMs);
      const doneMs = clock.nowMs();
      return { outcome, sentMs, firstByteMs: doneMs, doneMs, status: 200, ...(problem ? { problem } : {}) };
    },
    stop: async () => undefined,
  };
}
