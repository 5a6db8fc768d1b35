import { describe, expect, it } from 'vitest';
import { watchWhileDue } from '../src/busy-watch.ts';

/** An event loop that is busy or waits as it is told. */
function aLoop() {
  let [activeMs, idleMs] = [500, 3000];
  return {
    watch: watchWhileDue(() => ({ activeMs, idleMs })),
    works: (ms: number) => {
      activeMs += ms;
    },
    waits: (ms: number) => {
      idleMs += ms;
    },
  };
}

describe('how busy a thread is while requests are due', () => {
  it('leaves out what was before the first request and after the last', () => {
    const { watch, works, waits } = aLoop();
    waits(60);
    watch.onDue();
    works(380);
    watch.onDue();
    waits(20);
    watch.end();
    // As of a run of 400 ms whose last requests time out half a second later.
    waits(500);
    expect(watch.share()).toBeCloseTo(0.95, 12);
  });
  it('is what it was so far while requests are still due, and nothing before the first', () => {
    const { watch, works, waits } = aLoop();
    works(100);
    expect(watch.share()).toBe(0);
    watch.onDue();
    works(300);
    waits(700);
    expect(watch.share()).toBeCloseTo(0.3, 12);
  });
  it('does not take a short burst for a thread without rest', () => {
    const { watch, works } = aLoop();
    watch.onDue();
    works(5);
    watch.end();
    expect(watch.share()).toBeCloseTo(0.05, 12);
  });
});
