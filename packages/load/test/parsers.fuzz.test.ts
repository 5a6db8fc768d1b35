import { InputError } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { fuzz, mutatedTexts } from '../../core/test/support/mutations.ts';
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
