import { describe, expect, it } from 'vitest';
import { endpointOf, faultProxy, isLoopback } from '../../src/proxy/fault-proxy.ts';
import { parseToxic } from '../../src/proxy/toxic.ts';

describe('parseToxic', () => {
  it('fills in name, stream and toxicity as Toxiproxy does', () => {
    expect(parseToxic({ type: 'latency', latencyMs: 20 })).toEqual({
      type: 'latency',
      latencyMs: 20,
      name: 'latency_downstream',
      stream: 'downstream',
      toxicity: 1,
    });
  });

  it.each([
    [{ type: 'latancy' }, 'no toxic is called “latancy”. Known are latency, bandwidth'],
    [{ type: 'latancy' }, 'Did you mean latency?'],
    [undefined, 'no toxic is called “undefined”'],
    [{ type: 'latency' }, 'toxic “latency”: latencyMs: expected a number of at least 0, got nothing'],
    [{ type: 'latency', latencyMs: -1 }, 'latencyMs: expected a number of at least 0, got -1'],
    [{ type: 'latency', latencyMs: Number.NaN }, 'latencyMs: expected a number of at least 0'],
    [{ type: 'limit_data', bytes: 1.5 }, 'bytes: expected a whole number of at least 0, got 1.5'],
    [{ type: 'latency', latencyMs: 1, toxicity: 2 }, 'toxicity: expected a share from 0 to 1, got 2'],
    [{ type: 'latency', latencyMs: 1, stream: 'up' }, 'stream: expected "upstream" or "downstream", got "up"'],
    [{ type: 'latency', latencyMs: 1, distribution: 'gauss' }, 'distribution: expected one of uniform, normal'],
    [{ type: 'latency', latencyMs: 1, jitter: 1 }, 'unknown field “jitter”. Known are'],
  ])('refuses %j: %s', (input, message) => {
    expect(() => parseToxic(input)).toThrow(message);
  });
});

describe('addresses', () => {
  it('are read from host:port and from URLs', () => {
    expect(endpointOf('127.0.0.1:8080', 'upstream')).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(endpointOf('http://localhost/v1', 'upstream')).toEqual({ host: 'localhost', port: 80 });
    expect(endpointOf('[::1]:90', 'upstream')).toEqual({ host: '::1', port: 90 });
    expect(() => endpointOf('somewhere', 'upstream')).toThrow('upstream: expected host:port or a URL with a port');
  });

  it('are of this machine unless that is allowed', async () => {
    expect(isLoopback('127.8.0.1')).toBe(true);
    expect(isLoopback('127.0.0.1.example.org')).toBe(false);
    await expect(faultProxy({ upstream: '192.0.2.1:80', seed: 1 })).rejects.toThrow('192.0.2.1 is another machine');
    await expect(faultProxy({ upstream: '127.0.0.1:80', listen: '0.0.0.0:0', seed: 1 })).rejects.toThrow(
      'listens on the loopback address alone',
    );
  });
});
