import { LatencyRecorder } from '@preopen/latency';
import { describe, expect, it } from 'vitest';
import { packColumns, unpackColumns } from '../src/agents/protocol.ts';

describe('what an agent hands back', () => {
  it.each([1000, 30])('comes as it was sent, also where only %i of 500 requests are kept one by one', (maxExact) => {
    const recorder = new LatencyRecorder(16, { maxExact, failedMs: 5000 });
    for (let i = 0; i < 500; i++) {
      const slot = recorder.schedule(i, i + 0.125, i % 3);
      recorder.sent(slot, i + 0.25);
      recorder.firstByte(slot, i + 1 / 3);
      recorder.done(slot, i + Math.sqrt(i), i % 50 === 0 ? 'timeout' : 'ok');
    }
    const columns = recorder.columns();
    expect(unpackColumns(JSON.parse(JSON.stringify(packColumns(columns))))).toEqual(columns);
    expect(columns.beyond?.scheduled).toBe(maxExact < 500 ? 470 : undefined);
  });
});
