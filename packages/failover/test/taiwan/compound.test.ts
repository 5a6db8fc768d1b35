import { expect, it } from 'vitest';
import { available, type Fault, type FaultSite, needs } from '../../src/fault.ts';
import { compound } from '../../src/taiwan/compound.ts';

const site = { service: {} } as FaultSite;
const told: string[] = [];
const aFault = (id: string, more: Partial<Fault> = {}): Fault => ({
  id,
  title: id,
  touches: 'address',
  durationMs: 10,
  probe: async () => available,
  async inject() {
    told.push(`${id} in`);
    return async () => void told.push(`${id} out`);
  },
  ...more,
});
const together = { id: 'all', title: 'all', durationMs: 10 };

it('faults that come together are undone in the other order, once', async () => {
  told.length = 0;
  const undo = await compound(together, [aFault('a'), aFault('b')]).inject(site);
  await undo();
  await undo();
  expect(told).toEqual(['a in', 'b in', 'b out', 'a out']);
});

it('what was injected is undone if another cannot be', async () => {
  told.length = 0;
  const broken = aFault('b', { inject: () => Promise.reject(new Error('no')) });
  await expect(compound(together, [aFault('a'), broken]).inject(site)).rejects.toThrow('no');
  expect(told).toEqual(['a in', 'a out']);
});

it('needs what any of them needs', async () => {
  const all = compound(together, [aFault('a'), aFault('b', { probe: async () => needs('a cat') })]);
  expect(await all.probe(site)).toEqual({ isAvailable: false, needs: 'a cat' });
});
