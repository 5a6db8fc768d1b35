import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortPath } from '../src/charts/short-path.ts';

/** Every point of a path of moves and lines, whatever letters it uses; a closed one ends where it began. */
function pointsOf(path: string): [number, number][] {
  const points: [number, number][] = [];
  for (const [, letter, numbers] of path.matchAll(/([MLHVZ])([^MLHVZ]*)/g)) {
    const values = numbers!.trim().split(/\s+/).filter(Boolean).map(Number);
    const [x, y] = points.at(-1) ?? [0, 0];
    if (letter === 'H') points.push([values[0]!, y]);
    else if (letter === 'V') points.push([x, values[0]!]);
    else for (let k = 0; k < values.length; k += 2) points.push([values[k]!, values[k + 1]!]);
  }
  return points;
}

describe('a short path', () => {
  it('leaves out what lies between others on a level or upright line', () => {
    expect(shortPath('M0 5L1 5L2 5L3 5L3 9L3 11L4 12L5 14Z')).toBe('M0 5H3V11L4 12 5 14Z');
    expect(shortPath('M0 0L1 1L2 2M5 5L6 5')).toBe('M0 0 1 1 2 2M5 5H6');
  });
  it('keeps where a line turns back, and paths with curves', () => {
    expect(shortPath('M0 5L4 5L2 5L3 6')).toBe('M0 5H4H2L3 6');
    expect(shortPath('M0 0A5 5 0 0 1 1 1')).toBe('M0 0A5 5 0 0 1 1 1');
  });
  it('goes through the same places: no point is new, none is lost that is not on a line between two that stay', () => {
    const step = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 30 }), (given) => {
        const short = pointsOf(shortPath(`M${given.map(([x, y]) => `${x} ${y}`).join('L')}`));
        expect(short[0]).toEqual(given[0]);
        expect(short.at(-1)).toEqual(given.at(-1));
        let at = 0;
        for (const [x, y] of given) {
          const [now, next] = [short[at]!, short[at + 1]];
          if (next && next[0] === x && next[1] === y) at++;
          else if (now[0] !== x || now[1] !== y) {
            const [from, to] = [now, next ?? now];
            const isOnLine =
              (y === from[1] && y === to[1] && x >= Math.min(from[0], to[0]) && x <= Math.max(from[0], to[0])) ||
              (x === from[0] && x === to[0] && y >= Math.min(from[1], to[1]) && y <= Math.max(from[1], to[1]));
            expect(isOnLine).toBe(true);
          }
        }
        expect(at).toBe(short.length - 1);
      }),
    );
  });
});
