type Point = readonly [x: number, y: number];

/** Whether a point lies on an upright or level line between two others. */
const isBetween = ([x, y]: Point, [before, above]: Point, [after, below]: Point): boolean =>
  (y === above && y === below && (x - before) * (after - x) >= 0) ||
  (x === before && x === after && (y - above) * (below - y) >= 0);

/** Lines from point to point, each by as few letters as it takes. */
function outline(points: readonly Point[]): string {
  let path = '';
  // What follows a move without a letter is a line.
  let letter = 'L';
  for (const [k, [x, y]] of points.entries()) {
    const before = points[k - 1];
    if (!before) path += `M${x} ${y}`;
    else if (y === before[1] || x === before[0]) {
      letter = y === before[1] ? 'H' : 'V';
      path += `${letter}${letter === 'H' ? x : y}`;
    } else {
      path += `${letter === 'L' ? ' ' : 'L'}${x} ${y}`;
      letter = 'L';
    }
  }
  return path;
}

/**
 * The same outline of an SVG path in fewer letters: points between others on a level or upright line go, and what stays on
 * such a line is written by one coordinate. A path that is more than moves and lines stays as it is.
 */
export function shortPath(path: string): string {
  if (!/^(?:M[\d\s.,-]+(?:L[\d\s.,-]+)*Z?)+$/.test(path)) return path;
  return (path.match(/M[^M]+/g) ?? [])
    .map((part) => {
      const points = part
        .slice(1)
        .replace('Z', '')
        .split('L')
        .map((pair): Point => {
          const [x = Number.NaN, y = Number.NaN] = pair
            .trim()
            .split(/[\s,]+/)
            .map(Number);
          return [x, y];
        });
      const kept: Point[] = [];
      for (const [k, point] of points.entries()) {
        const [last, next] = [kept.at(-1), points[k + 1]];
        if (!last || !next || !isBetween(point, last, next)) kept.push(point);
      }
      return `${outline(kept)}${part.endsWith('Z') ? 'Z' : ''}`;
    })
    .join('');
}
