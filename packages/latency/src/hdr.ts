import { LatencyHistogram } from './histogram.ts';

const microsecondsPerMs = 1000;
/** An hour, the range that most tools write. */
const highestMicroseconds = 3_600_000_000;

/**
 * A distribution as HdrHistogram's V2 compressed text (base64), which its Java, C, Go and JavaScript forms read and add
 * up: values in whole microseconds from 1 to an hour, three significant digits.
 */
export async function hdrText(durations: Float64Array | LatencyHistogram): Promise<string> {
  // Its default export is all of it, bundled or not. Loaded where it is wanted: with its WebAssembly it would double the time that importing this package takes.
  const { build, encodeIntoCompressedBase64 } = (await import('hdr-histogram-js')).default;
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestMicroseconds,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  });
  const add = (valueMs: number, count: number): void => {
    const microseconds = Math.min(highestMicroseconds, Math.max(1, Math.round(valueMs * microsecondsPerMs)));
    histogram.recordValueWithCount(microseconds, count);
  };
  if (durations instanceof LatencyHistogram) {
    for (const { valueMs, count } of durations.buckets()) add(valueMs, count);
  } else for (const valueMs of durations) add(valueMs, 1);
  return encodeIntoCompressedBase64(histogram);
}
