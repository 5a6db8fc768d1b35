import type { LatencyRecorder } from '@preopen/latency';

/**
 * Gives the response times that came since it was last asked: of the requests that are kept one by one up to the first that is
 * still under way, which is looked at again, and of some of those beyond.
 */
export function watchRecent(recorder: LatencyRecorder, failedMs: number): () => Float64Array {
  let seen = 0;
  return () => {
    let ended = seen;
    while (ended < recorder.count && recorder.outcomeOf(ended) !== 'pending') ended++;
    const kept = recorder.durationsMs('response', { failedMs, from: seen, to: ended });
    seen = ended;
    const beyond = recorder.beyond?.takeRecentMs();
    if (!beyond) return kept.slice();
    const all = new Float64Array(kept.length + beyond.length);
    all.set(kept);
    all.set(beyond, kept.length);
    return all;
  };
}
