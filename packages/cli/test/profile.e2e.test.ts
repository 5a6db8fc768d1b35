import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseResults } from '@preopen/core';
import { describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const preopen = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });

describe('preopen profile', { timeout: 120_000 }, () => {
  it.skipIf(!existsSync('/proc/self/status'))(
    'prints one results document of a command, and holds it to a limit',
    async () => {
      const script = 'const block = Buffer.alloc(2e8, 1); setTimeout(() => block.length, 600)';
      const limit = 'memory.profile.peak < 100 MB';
      const run = preopen('profile', '--json', '--require', limit, '--', process.execPath, '-e', script);
      const results = await parseResults(run.stdout);
      const peak = results.checks[0]!.measurements.find(({ metric }) => metric === 'memory.profile.peak')!;
      expect(peak.value).toBeGreaterThan(200e6);
      expect(peak.value).toBeLessThan(400e6);
      expect(results.requirements[0]).toMatchObject({ verdict: 'fail' });
      expect(run.status).toBe(1);
    },
  );

  it('asks for a command or a process, and not for both', () => {
    for (const args of [[], ['--pid', '1', '--', 'true']]) {
      const run = preopen('profile', ...args);
      expect(run.status).toBe(2);
      expect(run.stderr).toContain('preopen profile -- node serve.js');
    }
  });
});
