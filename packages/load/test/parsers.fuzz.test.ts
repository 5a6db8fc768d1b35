import { InputError } from '@preopen/core';
import { LatencyRecorder } from '@preopen/latency';
import { describe, expect, it } from 'vitest';
import { fuzz, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { packColumns, packJob, unpackJob, unpackReport } from '../src/agents/protocol.ts';
import { parseArrivals } from '../src/arrivals-text.ts';
import { Http1Error, parseHead } from '../src/http/http1-head.ts';
import { parseTrace } from '../src/trace.ts';

describe('whatever stands in a trace', () => {
  it('gives times that ascend from 0, or an error with file and line', async () => {
    await fuzz(
      mutatedTexts('# ours\n0\n12.5\n1532.25,GET /\n', '2025-06-02T09:00:00.125+08:00,x\r\n2025-06-02T09:00:01Z\r\n'),
      (text) => parseTrace(text, 'trace.csv'),
      [InputError],
      (times) => {
        expect(times[0]).toBe(0);
        expect(times.every((time, i) => Number.isFinite(time) && time >= (times[i - 1] ?? 0))).toBe(true);
      },
    );
  });
});

describe('whatever is typed as arrivals', () => {
  it('gives rates that are none or more, or an error with the forms', async () => {
    await fuzz(
      mutatedTexts('constant', 'poisson', 'ramp:100..2000', 'step:100,200,400', 'spike:5000'),
      (text) => parseArrivals(text, { ratePerSecond: 100, durationMs: 1000 }),
      [InputError],
      (arrivals) => {
        const rates = Object.entries(arrivals).flatMap(([name, value]) =>
          /PerSecond$/.test(name) ? [value].flat() : [],
        );
        expect(rates.every((rate) => Number.isFinite(rate) && (rate as number) >= 0)).toBe(true);
      },
    );
  });
});

describe('whatever a server answers', () => {
  it('gives a head, or an error that shows the line', async () => {
    await fuzz(
      mutatedTexts(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\nKeep-Alive: timeout=5',
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nset-cookie: a\r\nset-cookie: b',
      ),
      (text) => parseHead(text),
      [Http1Error],
      ({ headers }) => {
        for (const value of Object.values(headers))
          expect([value].flat().every((one) => typeof one === 'string')).toBe(true);
      },
    );
  });

  it.each(['__proto__', 'constructor'])('a header of the name %s is one like any other', (name) => {
    const { headers } = parseHead(`HTTP/1.1 200 OK\r\n${name}: x\r\n${name}: y`);
    expect(Object.entries(headers)).toEqual([[name, ['x', 'y']]]);
  });
});

/** What an agent hands back of so many requests, of which some are kept in histograms alone. */
function aReport(maxExact: number) {
  const recorder = new LatencyRecorder(16, { maxExact, failedMs: 5000 });
  for (let i = 0; i < 60; i++) {
    const slot = recorder.schedule(i, i + 0.125, i % 3);
    recorder.sent(slot, i + 0.25);
    recorder.firstByte(slot, i + 0.5);
    recorder.done(slot, i + 1, i % 20 === 0 ? 'timeout' : 'ok');
  }
  const rest = { inFlightMs: 60, pacer: 'sleep', gaveUp: false, utilisation: 0.1 } as const;
  const clock = { clockOffsetMs: -2.5, clockErrorMs: 0.05, lateMs: 0 };
  return { columns: packColumns(recorder.columns()), problems: [['timeout: none', 3]] as const, ...rest, ...clock };
}

describe('whatever comes from an agent, or to one', () => {
  it('is a report whose requests can be merged and counted, or an error', async () => {
    await fuzz(
      mutatedDocuments(aReport(1000), aReport(20)),
      (document) => unpackReport(document as never),
      [Error],
      ({ columns }) => {
        const { scheduled, ...ends } = LatencyRecorder.merge([columns]).ledger();
        expect(Number.isFinite(scheduled)).toBe(true);
        expect(Object.values(ends).every((count) => Number.isFinite(count))).toBe(true);
      },
    );
  });

  it('is a job with a request for each of its turns, or an error', async () => {
    const request = { method: 'POST', path: '/', headers: {}, body: Uint8Array.of(1, 2, 3), predictions: 1 } as const;
    const traffic = { kind: 'open', arrivals: { kind: 'constant', ratePerSecond: 5 }, seed: 1 } as const;
    const job = packJob({
      url: new URL('http://127.0.0.1:8080/score'),
      codec: 'http/plain',
      requests: [request, { ...request, body: null }],
      order: Uint16Array.of(0, 1, 1, 0),
      traffic,
    });
    await fuzz(
      mutatedDocuments({ ...job, runId: 'a', lanes: 1, firstLane: 0, allLanes: 2, startRedisMs: 1 }),
      (document) => unpackJob(document as never),
      [Error],
      ({ order, requests }) => expect([...order].every((payload) => requests[payload] !== undefined)).toBe(true),
    );
  });
});
