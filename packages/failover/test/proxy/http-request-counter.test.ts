import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpRequestCounter } from '../../src/proxy/http-request-counter.ts';

const get = 'GET /v2/health/ready HTTP/1.1\r\nhost: a\r\n\r\n';
const post = 'POST /infer HTTP/1.1\r\ncontent-length: 37\r\n\r\nGET / HTTP/1.1\r\nhost: inside a body\r\n\r\n';
const chunked =
  'POST /infer HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nGET \r\n3\r\n\r\n\r\r\n0\r\nlast: 1\r\n\r\n';

describe('HttpRequestCounter', () => {
  it('counts each request once, however the stream is cut, and looks into no body', () => {
    const all = fc.array(fc.constantFrom(get, post, chunked), { maxLength: 8 });
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 60 }), (requests, size) => {
        const bytes = Buffer.from(requests.join(''), 'latin1');
        const counter = new HttpRequestCounter();
        let count = 0;
        for (let from = 0; from < bytes.length; from += size) count += counter.count(bytes.subarray(from, from + size));
        expect(count).toBe(requests.length);
      }),
    );
  });

  it('counts nothing in what is not HTTP', () => {
    const counter = new HttpRequestCounter();
    expect(counter.count(Buffer.from('*1\r\n$4\r\nPING\r\n\r\n'))).toBe(0);
    expect(counter.count(Buffer.from(get))).toBe(0);
  });
});
