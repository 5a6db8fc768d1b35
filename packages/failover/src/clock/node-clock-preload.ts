import { openSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { clockFileVariable, followedSuffix, readOffsetMs } from './clock-file.ts';

// Loaded by `--require` into Node services whose wall clock is to be off: `Date` is, in each thread, by what stands in a file.
// Monotonic clocks, timers and the `Date` header, which Node writes by a clock of its own, go on as they were.

/** How late a thread that is not busy follows the file; reading it takes some microseconds. */
const lookEveryMs = 20;

const path = process.env[clockFileVariable];

/** @returns nothing where the file has gone: the fault is over, and the service was started again since */
function opened(): number | undefined {
  try {
    return path === undefined ? undefined : openSync(path, 'r');
  } catch {
    return undefined;
  }
}

const descriptor = opened();
if (descriptor !== undefined) {
  const RealDate = Date;
  const realNow = RealDate.now;
  let offsetMs = 0;
  const now = (): number => realNow() + offsetMs;
  const shifted = new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new RealDate(now()).toString(),
  });
  // Also for those who hold the real one already.
  RealDate.now = now;
  RealDate.prototype.constructor = shifted;
  globalThis.Date = shifted;

  const look = (): void => {
    try {
      const found = readOffsetMs(descriptor);
      if (found === offsetMs) return;
      offsetMs = found;
      // What is true again needs no witness, and its folder may have gone.
      if (found !== 0 && isMainThread) writeFileSync(`${path}${followedSuffix}${process.pid}`, `${now() - realNow()}`);
    } catch {
      // A fault that nobody can follow shows to whoever waits for it to be followed.
    }
  };
  setInterval(look, lookEveryMs).unref();
}
