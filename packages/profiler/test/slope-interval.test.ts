import { createRandom, type Random, theilSen } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { lowerEnvelope } from '../src/leak/rule.ts';
import { slopeInterval } from '../src/leak/slope-interval.ts';

const planted = 1040;
const confidence = 0.999;

/** Memory beside the leak, in units of 1 KB, one value an iteration. */
const noises: Record<string, (random: Random) => () => number> = {
  independent: (random) => () => 200 + 50 * random.normal(),
  'AR(1)': (random) => {
    let deviation = 0;
    return () => {
      deviation = 0.97 * deviation + 8 * random.normal();
      return 200 + deviation;
    };
  },
  'random walk': (random) => {
    let level = 200;
    return () => {
      level += Math.round((random.uniform() - 0.5) * 8);
      level = level < 0 ? -level : level > 400 ? 800 - level : level;
      return level;
    };
  },
};

/** Share of series whose interval holds the planted slope: Sen's, and the widened one. */
function coverage(noise: string, samples: number, runs: number): { sen: number; widened: number } {
  const found = { sen: 0, widened: 0 };
  for (let run = 0; run < runs; run++) {
    const level = noises[noise]!(createRandom(run, noise));
    const x = Float64Array.from({ length: samples }, (_, i) => 4 * (i + 1));
    const y = x.map((iteration) => {
      for (let i = 0; i < 3; i++) level();
      return planted * iteration + 1100 * level();
    });
    const envelope = lowerEnvelope(x, y, { from: 30, to: samples, size: 10 });
    const trend = theilSen(envelope.x, envelope.y, { confidence });
    const holds = ({ low, high }: { low: number; high: number }) => low <= planted && planted <= high;
    if (holds(trend)) found.sen += 1 / runs;
    if (holds(slopeInterval(envelope.x, envelope.y, trend, confidence))) found.widened += 1 / runs;
  }
  return found;
}

describe('slopeInterval', () => {
  it('holds a planted slope where memory wanders, and Sen’s does not', () => {
    const short = coverage('random walk', 300, 200);
    expect(short.sen).toBeLessThan(0.7);
    expect(short.widened).toBeGreaterThan(0.85);
    expect(coverage('random walk', 600, 100).widened).toBeGreaterThan(0.95);
  });

  it.each(['independent', 'AR(1)'])('holds it behind %s noise', (noise) => {
    expect(coverage(noise, 300, 200).widened).toBeGreaterThan(0.97);
  });

  it('changes nothing on a straight line, and keeps open ends open', () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8];
    const open = { slope: 2, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const line = x.map((value) => 2 * value);
    expect(slopeInterval(x, line, { slope: 2, low: 2, high: 2 }, confidence)).toEqual({ low: 2, high: 2 });
    expect(slopeInterval(x, line, open, confidence)).toMatchObject({ low: open.low, high: open.high });
  });

  it('is never narrower than Sen’s', () => {
    const random = createRandom(5, 'narrower');
    for (let run = 0; run < 50; run++) {
      const x = Float64Array.from({ length: 20 }, (_, i) => i);
      const y = x.map((value) => value + 5 * random.normal());
      const trend = theilSen(x, y, { confidence: 0.95 });
      const { low, high } = slopeInterval(x, y, trend, 0.95);
      expect(low).toBeLessThanOrEqual(trend.low);
      expect(high).toBeGreaterThanOrEqual(trend.high);
    }
  });
});
