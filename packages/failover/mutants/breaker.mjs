import { NotServed } from './not-served.mjs';

const opensAfter = 10;
const restMs = 150;

/**
 * A circuit breaker: after ten failures in a row nothing is asked for a moment, then one request tries it.
 * @param has says which mistake it has: `breaker-stays-open`, `breaker-crashes`, `breaker-flaps`, `retry-storm` (there is no breaker), or none
 */
export function aBreaker({ has }) {
  let failures = 0;
  let openUntilMs = 0;
  let isTrying = false;
  /** Counts of a mistake: failures that are never forgotten. */
  let everFailed = 0;
  let goodSince = 0;
  const fail = () => {
    everFailed++;
    if (++failures >= opensAfter) openUntilMs = performance.now() + restMs * (0.8 + 0.4 * Math.random());
  };
  return {
    async guard(ask) {
      if (has('retry-storm')) return ask();
      const isOpen = failures >= opensAfter;
      if (isOpen && has('breaker-stays-open')) throw new NotServed(503, 'the store is given up');
      if (isOpen && (isTrying || performance.now() < openUntilMs)) throw new NotServed(503, 'the store rests');
      if (isOpen) isTrying = true;
      if (isOpen && has('breaker-crashes')) setImmediate(() => this.onHalfOpen());
      // Opens again for what happened long ago.
      if (has('breaker-flaps') && everFailed > opensAfter && !isOpen && ++goodSince % 60 === 0) {
        failures = opensAfter;
        openUntilMs = performance.now() + restMs;
        throw new NotServed(503, 'the store is given up again');
      }
      try {
        const found = await ask();
        failures = 0;
        return found;
      } catch (cause) {
        fail();
        throw cause;
      } finally {
        if (isOpen) isTrying = false;
      }
    },
  };
}
