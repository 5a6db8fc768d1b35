import { expect, test } from 'vitest';

const cache = new Map<number, Float64Array>();
let requests = 0;

test('a handler that keeps the last ten answers has no leak', async () => {
  const handler = (): void => {
    requests++;
    cache.set(requests, new Float64Array(100));
    cache.delete(requests - 10);
  };
  await expect(handler).toHaveNoLeak();
});

test('one that forgets nothing has one, and the message says who allocated it', async () => {
  const kept: number[][] = [];
  const leaky = (): void => {
    kept.push(new Array(130).fill(0.5));
  };
  await expect(expect(leaky).toHaveNoLeak()).rejects.toThrow(/leak: [\s\S]*allocated by leaky .*leak\.test\.ts/);
});
