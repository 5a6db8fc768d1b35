// Work that allocates like the scoring of a cross-section, and keeps a little of each: for targets that are watched.
const kept = [];
/** @returns the middle score of so many rows */
export function score(rows) {
  const frame = [];
  for (let i = 0; i < rows; i++) frame.push({ id: i, values: [i, i * 2, i * 3, i * 5], score: 0 });
  for (const row of frame) row.score = row.values.reduce((sum, value) => sum + Math.sqrt(value), 0);
  const middle = frame.map(({ score }) => score).sort((a, b) => a - b)[rows >> 1];
  kept.push(new Float64Array(64).fill(middle));
  if (kept.length > 2000) kept.splice(0, 1000);
  return middle;
}
