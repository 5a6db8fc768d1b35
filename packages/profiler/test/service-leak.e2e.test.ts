import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { judgeMeasurement, parseRequirement } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { serviceLeak } from '../src/checks/leak.ts';
import { runOnService } from './support/check-context.ts';

const requirement = parseRequirement('memory.service.leak < 128 kB');
const hasProc = existsSync('/proc/self/status');
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('memory/leak', { timeout: 300_000 }, () => {
  it('finds 1 KB kept per request in a Node service, and names class, holder and place', async () => {
    const outcome = await runOnService(serviceLeak({ screenMs: 2000 }), {
      kind: 'module',
      module: 'leaking-model.mjs',
      model: 'model',
    });
    const [leak] = outcome.measurements;
    const words = outcome.notes.join('\n');
    expect(judgeMeasurement(requirement, leak!).verdict).toBe('fail');
    expect(leak!.value / 1000).toBeGreaterThan(900);
    expect(leak!.value / 1000).toBeLessThan(1300);
    expect(words).toContain('KeptRequest: 1.00 more per request');
    expect(words).toContain('.kept (Array)');
    expect(words).toContain('leaking-model.mjs');
    expect(JSON.parse(outcome.kept.get('leak.heapprofile')!)).toHaveProperty('head');
  });

  it.skipIf(!hasProc || !hasPython)(
    'suspects a Python service that keeps 4 KB per request, and proves nothing',
    async () => {
      const outcome = await runOnService(serviceLeak({ screenMs: 2000 }), {
        kind: 'command',
        command: ['python3', 'serve.py', '{port}', '4096'],
        readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
        model: 'model',
      });
      const [leak] = outcome.measurements;
      expect(outcome.notes[0], JSON.stringify(outcome.notMeasured)).toMatch(/^suspect: /);
      expect(leak!.value / 1000).toBeGreaterThan(3500);
      expect(judgeMeasurement(requirement, leak!).verdict).toBe('inconclusive');
    },
  );
});
