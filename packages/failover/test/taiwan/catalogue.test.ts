import { describe, expect, it } from 'vitest';
import { parseTaiwanFault, taiwanFaults } from '../../src/taiwan/catalogue.ts';

describe('the failures of the Taiwan market', () => {
  it('are twenty, each by its number', () => {
    const numbers = Array.from({ length: 20 }, (_, i) => `tw-${String(i + 1).padStart(2, '0')}`);
    expect(taiwanFaults.map(({ id }) => id)).toEqual(numbers);
  });
  it('all reach some target', () => {
    expect(taiwanFaults.filter(({ comes }) => comes.length === 0)).toEqual([]);
  });
  it('are written with an intensity, or whole', () => {
    expect(parseTaiwanFault('tw-06:0.4')).toMatchObject({ fault: { id: 'tw-06' }, intensity: 0.4 });
    expect(parseTaiwanFault('TW-19')).toMatchObject({ fault: { id: 'tw-19' }, intensity: 1 });
    expect(parseTaiwanFault('pause:500ms')).toBeUndefined();
  });
  it.each(['tw-06:2', 'tw-06:0', 'tw-06:', 'tw-06:half'])('are refused as %s, with what is expected', (text) => {
    expect(() => parseTaiwanFault(text)).toThrow('expected an intensity above 0 and up to 1, as tw-06:0.4');
  });
  it('are refused by a number that there is none of', () => {
    expect(() => parseTaiwanFault('tw-21')).toThrow('no failure of the Taiwan market is called “tw-21”');
  });
});
