import { describe, expect, it } from 'vitest';
import { faultKinds, parseFault } from '../src/fault-kinds.ts';

const settings = { durationMs: 5000, restart: { by: 'us' } } as const;

describe('parseFault', () => {
  it('reads a kind with its argument, and takes the duration where there is none', () => {
    expect(parseFault('pause:500ms', settings)).toMatchObject({ id: 'pause', durationMs: 500 });
    expect(parseFault('pause', settings)).toMatchObject({ id: 'pause', durationMs: 5000 });
    expect(parseFault('kill', settings)).toMatchObject({ id: 'kill', durationMs: 0 });
    expect(parseFault('clock:-60s', settings).title).toBe('wall clock 60 s slow for 5000 ms');
    expect(parseFault('latency:200ms±50ms', settings).title).toMatch(/200.*50/);
    expect(parseFault('latency:200ms+-50ms', settings).title).toBe(parseFault('latency:200ms±50ms', settings).title);
    expect(parseFault('cpu-quota:10%', settings).title).toContain('10 % of one processor');
  });
  it('refuses what it does not know, and says what there is', () => {
    expect(() => parseFault('killl', settings)).toThrow(/no fault is called “killl”.*Did you mean kill\?/);
    expect(() => parseFault('pause:soon', settings)).toThrow(/expected a time such as 500ms.*pause\[:TIME\]/);
    expect(() => parseFault('kill:hard', settings)).toThrow(/takes nothing after a colon/);
    expect(() => parseFault('cpu-quota:200%', settings)).toThrow(/expected a share/);
    expect(() => parseFault('disk-full', settings)).toThrow(/expected a folder/);
  });
  it('gives each kind the name of its metrics', () => {
    for (const kind of faultKinds) {
      const argument = {
        SHARE: '10%',
        FOLDER: '/tmp/x',
        OFFSET: '5s',
        TIME: '200ms±50ms',
        KILOBYTES: '100',
        BYTES: '1000',
      }[/^[a-z-]+:([A-Z]+)/.exec(kind.synopsis)?.[1] ?? ''];
      expect(kind.make(argument, settings).id).toBe(kind.name);
    }
  });
});
