import type { OutcomeKind, RunningService } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { hopelessAlone } from '../src/alone.ts';

/** A service in virtual time whose answers take so long, one after the other, or fail in a way. */
function answering(...answers: readonly (number | { readonly outcome: OutcomeKind; readonly problem: string })[]) {
  let nowMs = 0;
  let sent = 0;
  const service: Pick<RunningService, 'codec' | 'batch' | 'model' | 'send'> = {
    model: 'simulated',
    codec: {
      name: 'none',
      encode: ({ rows }) => ({ method: 'POST', path: '/', headers: {}, body: null, predictions: rows }),
      decode: () => new Float64Array(),
    },
    batch: (rows) => ({ rows, features: 1, values: new Float64Array(rows) }),
    async send() {
      const sentMs = nowMs;
      const answer = answers[sent++ % answers.length]!;
      if (typeof answer !== 'number') return { ...answer, sentMs, firstByteMs: Number.NaN, doneMs: sentMs, status: 0 };
      nowMs += answer;
      return { outcome: 'ok', sentMs, firstByteMs: nowMs, doneMs: nowMs, status: 200 };
    },
  };
  const context = { clock: { nowMs: () => nowMs, wallMs: () => 0 }, signal: new AbortController().signal, seed: 1 };
  return {
    asked: () => hopelessAlone(service, { rows: 1, p95Ms: 100 }, context),
    get sent() {
      return sent;
    },
  };
}

describe('one request at a time', () => {
  it('says of a service that is too slow for the limit without any load that it is, after ten requests', async () => {
    const slow = answering(150, 180, 149);
    expect(await slow.asked()).toEqual({
      is: 'too-slow',
      requests: 10,
      reason: expect.stringMatching(/^not even one request at a time is answered within 100 ms.* half took 149\.0 ms/),
    });
    expect(slow.sent).toBe(10);
  });
  it('takes two requests to know that it is quick enough, cold as it may have been before', async () => {
    const quick = answering(150, 150, 40, 30);
    expect(await quick.asked()).toBeUndefined();
    expect(quick.sent).toBe(4);
  });
  it('leaves to a search what is now within the limit and now above it', async () => {
    expect(await answering(150, 150, 150, 150, 90).asked()).toBeUndefined();
  });
  it('says of a service whose requests fail that they do and why, and not that it is slow', async () => {
    const broken = answering(
      { outcome: 'status', problem: 'HTTP 500' },
      { outcome: 'status', problem: 'HTTP 500' },
      { outcome: 'connect', problem: 'connect ECONNREFUSED' },
      150,
    );
    expect(await broken.asked()).toEqual({
      is: 'failing',
      requests: 7,
      reason: '6 of 7 requests, one at a time, failed (4 × status: HTTP 500, 2 × connect: connect ECONNREFUSED)',
    });
  });
  it('takes a request without an answer in time for a slow one, and a failure among slow ones for no more than that', async () => {
    const silent = answering({ outcome: 'timeout', problem: 'no whole answer within 2000 ms' });
    expect(await silent.asked()).toMatchObject({ is: 'too-slow', reason: expect.stringContaining('2000.0 ms') });
    expect(await answering(150, { outcome: 'status', problem: 'HTTP 500' }).asked()).toMatchObject({
      is: 'too-slow',
      reason: expect.stringContaining('150.0 ms'),
    });
  });
});
