/**
 * Rows to draw of columns too long for a drawing: of each bucket the first row and those that hold a column’s lowest and
 * highest value, so that no peak is lost. All rows where there are few enough.
 * @returns ascending row numbers, at most about `most`
 */
export function thinnedRows(columns: readonly (readonly (number | null)[])[], rows: number, most: number): number[] {
  if (rows <= most) return Array.from({ length: rows }, (_, row) => row);
  const buckets = Math.max(1, Math.floor(most / (2 * Math.max(1, columns.length))));
  const kept = new Set<number>([0, rows - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * rows) / buckets);
    const to = Math.floor(((bucket + 1) * rows) / buckets);
    for (const column of columns) {
      let low = -1;
      let high = -1;
      for (let row = from; row < to; row++) {
        const value = column[row];
        if (value === null || value === undefined) continue;
        if (low < 0 || value < column[low]!) low = row;
        if (high < 0 || value > column[high]!) high = row;
      }
      if (low >= 0) kept.add(low).add(high);
    }
  }
  return [...kept].sort((a, b) => a - b);
}
