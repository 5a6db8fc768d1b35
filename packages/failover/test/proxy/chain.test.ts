import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Piece } from '../../src/proxy/stage.ts';
import type { ToxicInput } from '../../src/proxy/toxic.ts';
import { type Arrival, aChain, bytesOf, runThrough } from '../support/chains.ts';

/** Toxics that lose and change nothing. */
const lossless: fc.Arbitrary<ToxicInput> = fc.oneof(
  fc.record({
    type: fc.constant('latency' as const),
    latencyMs: fc.double({ min: 0, max: 500, noNaN: true }),
    jitterMs: fc.double({ min: 0, max: 500, noNaN: true }),
    distribution: fc.constantFrom('uniform' as const, 'normal' as const, 'exponential' as const, 'pareto' as const),
  }),
  fc.record({
    type: fc.constant('bandwidth' as const),
    bytesPerSecond: fc.double({ min: 200, max: 1e7, noNaN: true }),
  }),
  fc.record({
    type: fc.constant('slicer' as const),
    averageBytes: fc.integer({ min: 1, max: 300 }),
    variationBytes: fc.integer({ min: 0, max: 300 }),
    delayUs: fc.integer({ min: 0, max: 5000 }),
  }),
  fc.record({ type: fc.constant('slow_close' as const), delayMs: fc.integer({ min: 0, max: 500 }) }),
);

/** Data that arrives in pieces of any length, one after the other. */
const arriving: fc.Arbitrary<readonly Arrival[]> = fc
  .array(fc.tuple(fc.double({ min: 0, max: 50, noNaN: true }), fc.uint8Array({ maxLength: 400 })), { maxLength: 12 })
  .map((pieces) => {
    let atMs = 0;
    return pieces.map(([gapMs, bytes]): Arrival => {
      atMs += gapMs;
      return [atMs, bytes];
    });
  });

const timesOf = (pieces: readonly Piece[]): number[] => pieces.map(({ atMs }) => atMs);
const whole = (arrivals: readonly Arrival[]): Uint8Array => Buffer.concat(arrivals.map(([, bytes]) => bytes));

describe('a chain of toxics', () => {
  it('gives out every byte that came in, in order, and then the end, however the data is cut', () => {
    fc.assert(
      fc.property(fc.array(lossless, { maxLength: 4 }), arriving, (toxics, arrivals) => {
        const chain = aChain(toxics);
        const out = runThrough(chain, arrivals);
        expect(bytesOf(out)).toEqual(whole(arrivals));
        expect(out.at(-1)?.kind).toBe('end');
        expect(timesOf(out)).toEqual([...timesOf(out)].sort((a, b) => a - b));
        expect(chain.heldBytes).toBe(0);
      }),
    );
  });

  it('does the same twice with the same seed', () => {
    fc.assert(
      fc.property(fc.array(lossless, { maxLength: 3 }), arriving, fc.integer(), (toxics, arrivals, seed) => {
        expect(runThrough(aChain(toxics, seed), arrivals)).toEqual(runThrough(aChain(toxics, seed), arrivals));
      }),
    );
  });

  it('loses nothing and leaves nothing behind when toxics come, change and go while data is on its way', () => {
    fc.assert(
      fc.property(arriving, lossless, lossless, fc.nat(11), fc.nat(11), (arrivals, first, second, addAt, goAt) => {
        const chain = aChain([first]);
        const out: Piece[] = [];
        const put = (piece: Piece): void => void out.push(piece);
        for (const [i, [atMs, bytes]] of arrivals.entries()) {
          chain.advance(atMs, put);
          if (i === addAt) chain.add({ ...second, name: 'second', stream: 'upstream', toxicity: 1 }, atMs);
          if (i === goAt) chain.remove('toxic-0', atMs, put);
          if (i === goAt + 1) chain.update({ ...second, name: 'second', stream: 'upstream', toxicity: 1 }, atMs);
          chain.take({ kind: 'data', atMs, bytes }, put);
        }
        const endMs = arrivals.at(-1)?.[0] ?? 0;
        chain.remove('second', endMs, put);
        chain.remove('toxic-0', endMs, put);
        chain.advance(endMs, put);
        expect(bytesOf(out)).toEqual(whole(arrivals));
        expect(chain.heldBytes).toBe(0);
        expect(chain.isEmpty).toBe(true);
      }),
    );
  });
});

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

describe('latency', () => {
  it('moves every piece by its delay, and the end too', () => {
    const out = runThrough(aChain([{ type: 'latency', latencyMs: 30 }]), [
      [0, bytes(1)],
      [10, bytes(2)],
    ]);
    expect(out.map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['data', 30],
      ['data', 40],
      ['end', 40],
    ]);
  });

  it('adds up over two toxics, however late it is looked at', () => {
    const chain = aChain([
      { type: 'latency', latencyMs: 30 },
      { type: 'latency', latencyMs: 12 },
    ]);
    const out: Piece[] = [];
    chain.take({ kind: 'data', atMs: 0, bytes: bytes(1) }, (piece) => out.push(piece));
    chain.advance(41.9, (piece) => out.push(piece));
    expect(out).toEqual([]);
    chain.advance(42, (piece) => out.push(piece));
    expect(out).toHaveLength(1);
  });

  it.each([
    ['uniform', 50, 10 / Math.sqrt(3)],
    ['normal', 50, 10],
    ['exponential', 60, 10],
    // Lomax with tail index 3 and mean 10: its standard deviation is the mean times √3.
    ['pareto', 60, 10 * Math.sqrt(3)],
  ] as const)('%s delays have the mean and spread that are asked for', (distribution, meanMs, deviationMs) => {
    const chain = aChain([{ type: 'latency', latencyMs: 50, jitterMs: 10, distribution }]);
    // A second apart, so that no delay is held up by the one before.
    const delays = runThrough(
      chain,
      Array.from({ length: 20_000 }, (_, i): Arrival => [i * 1e4, bytes(1)]),
      false,
    ).map(({ atMs }, i) => atMs - i * 1e4);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    const deviation = Math.sqrt(delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / delays.length);
    expect(mean).toBeGreaterThan(meanMs - 0.5);
    expect(mean).toBeLessThan(meanMs + 0.5);
    expect(deviation / deviationMs).toBeGreaterThan(0.85);
    expect(deviation / deviationMs).toBeLessThan(1.15);
  });
});

describe('the other toxics', () => {
  it('bandwidth lets bytes through at its rate, however they came', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1000, max: 1_000_000 }),
        (cuts, bytesPerSecond) => {
          const each = Math.ceil(20_000 / cuts);
          const out = runThrough(
            aChain([{ type: 'bandwidth', bytesPerSecond }]),
            Array.from({ length: cuts }, (): Arrival => [0, bytes(each)]),
          );
          expect(out.at(-1)!.atMs).toBeCloseTo((each * cuts * 1000) / bytesPerSecond, 6);
          // No hundredth of a second gets more than its share and one slice.
          for (const piece of out)
            if (piece.kind === 'data') expect(piece.bytes.length).toBeLessThanOrEqual(Math.ceil(bytesPerSecond / 100));
        },
      ),
    );
  });

  it('a changed bandwidth counts at once for what is waiting', () => {
    const chain = aChain([{ type: 'bandwidth', bytesPerSecond: 10 }]);
    const out: Piece[] = [];
    chain.take({ kind: 'data', atMs: 0, bytes: bytes(1000) }, (piece) => out.push(piece));
    chain.update({ type: 'bandwidth', bytesPerSecond: 1e6, name: 'toxic-0', stream: 'upstream', toxicity: 1 }, 10);
    chain.advance(11, (piece) => out.push(piece));
    expect(bytesOf(out)).toHaveLength(1000);
  });

  it('a slicer cuts within its sizes and waits between the pieces', () => {
    const out = runThrough(
      aChain([{ type: 'slicer', averageBytes: 10, variationBytes: 4, delayUs: 500 }]),
      [[0, bytes(1000)]],
      false,
    );
    const lengths = out.map((piece) => (piece.kind === 'data' ? piece.bytes.length : 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(14);
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(6);
    expect(out.at(-1)!.atMs).toBeCloseTo((out.length - 1) * 0.5, 6);
  });

  it('limit_data lets exactly so many bytes through and closes', () => {
    fc.assert(
      fc.property(fc.nat(60), arriving, (limit, arrivals) => {
        const out = runThrough(aChain([{ type: 'limit_data', bytes: limit }]), arrivals);
        const all = whole(arrivals);
        expect(bytesOf(out)).toEqual(all.subarray(0, limit));
        expect(out.filter(({ kind }) => kind === 'close')).toHaveLength(
          arrivals.length > 0 && all.length >= limit ? 1 : 0,
        );
      }),
    );
  });

  it('corrupt changes the same bytes however the stream is cut, about one in so many, and their number is kept', () => {
    const data = new Uint8Array(50_000).fill(65);
    const cut = (size: number): Arrival[] =>
      Array.from({ length: Math.ceil(data.length / size) }, (_, i) => [0, data.subarray(i * size, (i + 1) * size)]);
    const through = (size: number, everyBytes = 100): Uint8Array =>
      bytesOf(runThrough(aChain([{ type: 'corrupt', everyBytes }]), cut(size)));
    const changed = through(50_000);
    expect(through(777)).toEqual(changed);
    expect(through(1)).toEqual(changed);
    const count = changed.filter((byte) => byte !== 65).length;
    // 500 expected, standard deviation 22.
    expect(count).toBeGreaterThan(400);
    expect(count).toBeLessThan(600);
    expect(data.every((byte) => byte === 65)).toBe(true);
    expect(through(777, 1).every((byte) => byte !== 65)).toBe(true);
  });

  it('timeout lets nothing through and closes when it is over; without an end it waits until it is taken away', () => {
    const arrivals: Arrival[] = [[5, bytes(10)]];
    expect(runThrough(aChain([{ type: 'timeout', timeoutMs: 80 }]), arrivals)).toEqual([{ kind: 'close', atMs: 80 }]);
    const chain = aChain([{ type: 'timeout', timeoutMs: 0 }]);
    expect(runThrough(chain, arrivals)).toEqual([]);
    const out: Piece[] = [];
    chain.remove('toxic-0', 200, (piece) => out.push(piece));
    expect(out).toEqual([{ kind: 'close', atMs: 200 }]);
  });

  it('reset_peer lets data through until its moment', () => {
    const out = runThrough(aChain([{ type: 'reset_peer', timeoutMs: 20 }]), [[5, bytes(10)]], false);
    expect(out.map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['data', 5],
      ['reset', 20],
    ]);
  });

  it('slow_close keeps the end back and nothing else', () => {
    const out = runThrough(aChain([{ type: 'slow_close', delayMs: 300 }]), [[5, bytes(10)]]);
    expect(timesOf(out)).toEqual([5, 305]);
  });
});
