const bars = '▁▂▃▄▅▆▇█';

/** A curve in one line of text: the lowest value is the lowest bar, unless all are equal. */
export function sparkline(values: readonly number[]): string {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const scale = high > low ? (bars.length - 1) / (high - low) : 0;
  return values.map((value) => bars[Math.round((value - low) * scale)]).join('');
}
