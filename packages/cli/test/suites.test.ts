import { parseConfig } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { builtinChecks } from '../src/checks.ts';
import { resolveSuite, unmeasurable } from '../src/suites.ts';

const configWith = (requirements: readonly string[]) => parseConfig({ requirements }, { path: undefined, dir: '/' });

describe('a required metric', () => {
  it('that no check measures is told, with what was probably meant', () => {
    const checks = builtinChecks();
    const suite = resolveSuite('quick', configWith(['latency.inferense.p95 < 1 ms', 'ic.mean > 0']), {}, checks);
    expect(unmeasurable(suite, checks)).toEqual([
      'no check measures “latency.inferense.p95”. Did you mean latency.inference.p95?',
    ]);
  });
});

describe('a pattern of checks', () => {
  it('that fits none is answered with the group that was probably meant', () => {
    const only = { only: ['latecy/*'] };
    expect(() => resolveSuite('quick', configWith([]), only, builtinChecks())).toThrow('Did you mean latency/*?');
  });
});
