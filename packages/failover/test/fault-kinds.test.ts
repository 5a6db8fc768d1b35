import { describe, expect, it } from 'vitest';
import { faultKinds, parseFault } from '../src/fault-kinds.ts';

const settings = { durationMs: 5000, restart: { by: 'us' } } as const;

describe('parseFault', () => {
  it('reads a kind with its argument, and takes the duration where there is none', () => {
    expect(parseFault('pause:500ms', settings)).toMatchObject({ id: 'pause', durationMs: 500 });
    expect(parseFault('pause', settings)).toMatchObject({ id: 'pause', durationMs: 5000 });
    expect(parseFault('kill', settings)).toMatchObject({ id: 'kill', durationMs: 0 });
    expect(parseFault('clock:-60s', settings).title).toBe('wall clock 60 s slow for 5000 ms');
    expect(parseFault('cpu-quota:10%', settings).title).toContain('10 % of one processor');
  });
  it('reads faults of networks, and between which two they come', () => {
    expect(parseFault('latency:200ms±50ms,normal', settings)).toMatchObject({
      id: 'latency',
      touches: 'address',
      durationMs: 5000,
      title: 'between load and service: answers 200 ms ± 50 ms (normal) later, for 5000 ms',
    });
    expect(parseFault('latency:200ms+-50ms', settings).title).toContain('200 ms ± 50 ms (uniform)');
    expect(parseFault('bandwidth@features:64kB', settings)).toMatchObject({
      id: 'features-bandwidth',
      touches: 'processes',
    });
    expect(parseFault('dns@features', settings).id).toBe('features-dns');
    expect(() => parseFault('latency:200ms±50ms,gauss', settings)).toThrow(/expected one of uniform, normal/);
    expect(() => parseFault('bandwidth:much', settings)).toThrow(/expected a number of bytes such as 500/);
    expect(() => parseFault('dns', settings)).toThrow(/expected an upstream of the service, as dns@features/);
    expect(() => parseFault('down:now', settings)).toThrow(/takes nothing after a colon/);
    expect(() => parseFault('kill@features', settings)).toThrow(/comes between no service and upstream/);
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
      const argument = { SHARE: '10%', FOLDER: '/tmp/x', OFFSET: '5s', TIME: '5s', BYTES: '5' }[
        /(?<!\[):([A-Z]+)/.exec(kind.synopsis)?.[1] ?? ''
      ];
      const upstream = kind.name === 'dns' ? { upstream: 'features' } : {};
      expect(kind.make(argument, { ...settings, ...upstream }).id).toBe(
        kind.name === 'dns' ? 'features-dns' : kind.name,
      );
    }
  });
});
