import { Agent, get } from 'node:http';
import { NotServed } from './not-served.mjs';

const deadlineMs = 200;
/** So few that the last of them is still served in time by a store that is slow. */
const mostWaiting = 3;

/**
 * Asks the feature store: with a deadline, a bounded queue, and one retry where a kept connection was closed.
 * @param has says which mistake it has: `no-deadline`, `retry-storm`, `unbounded-queue`, `pool-leak`, `out-of-step`, or none
 * @param slots how many requests ask at a time
 */
export function aFeatureStore(url, { has, slots }) {
  const agent = new Agent({ keepAlive: true });
  const waiting = [];
  let free = slots;
  const take = () => {
    if (free > 0) return void free--;
    if (waiting.length >= mostWaiting && !has('unbounded-queue'))
      throw new NotServed(503, 'too many wait for the store');
    return new Promise((resolve) => waiting.push(resolve));
  };
  const give = () => (waiting.length > 0 ? waiting.shift()() : void free++);

  const ask = () =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve(JSON.parse(text).scale));
        response.on('error', reject);
      });
      if (!has('no-deadline'))
        setTimeout(() => request.destroy(new Error('the store took too long')), deadlineMs).unref();
      request.on('error', (cause) => reject(Object.assign(cause, { wasKept: request.reusedSocket })));
    });

  const askAgain = async (times) => {
    try {
      return await ask();
    } catch (cause) {
      const isWorthIt = has('retry-storm') || (cause.code === 'ECONNRESET' && cause.wasKept);
      if (times === 0 || !isWorthIt) throw cause;
      return askAgain(times - 1);
    }
  };

  return {
    async scale() {
      await take();
      let isAnswered = false;
      try {
        const found = await askAgain(has('retry-storm') ? 3 : 1);
        isAnswered = true;
        return found;
      } finally {
        // A slot that is not given back after a failure is gone for good.
        if (isAnswered || !has('pool-leak')) give();
      }
    },
  };
}
