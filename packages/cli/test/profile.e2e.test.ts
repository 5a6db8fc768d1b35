import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
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

  it('keeps a flame graph, a profile for DevTools and one for pprof of a Node command', () => {
    const outputDir = mkdtempSync(join(tmpdir(), 'preopen-profile-cli-'));
    try {
      const script =
        'let s = 0; function burn() { for (let i = 0; i < 3e7; i++) s += Math.sqrt(i); } for (let k = 0; k < 5; k++) burn()';
      const run = preopen(
        'profile',
        '--cpu',
        '--pprof',
        '--output-dir',
        outputDir,
        '--',
        process.execPath,
        '-e',
        script,
      );
      expect(run.status).toBe(0);
      expect(run.stdout).toMatch(/most of the work in burn/);
      const kept = readdirSync(join(outputDir, 'evidence'), { recursive: true }).map((path) => extname(String(path)));
      expect(kept).toEqual(expect.arrayContaining(['.html', '.cpuprofile', '.gz', '.json']));
    } finally {
      rmSync(outputDir, { recursive: true, force: true });
    }
  });

  it('refuses flags that contradict each other, and says what to do', () => {
    const said = (...args: string[]): string => preopen('profile', ...args, '--', 'node', '-e', '0').stderr;
    expect(said('--cpu')).toContain('say where with --output-dir');
    expect(said('--pressure', 'heap', '--gc-experiment')).toContain('ask for one at a time');
    expect(said('--heap-marks', '1s,5s', '--duration', '4s')).toContain('the second mark comes after --duration');
    expect(said('--heap-marks', '5s,1s')).toContain('the later one last');
    expect(said('--pprof')).toContain('ask for one of them, too');
    expect(said('--url', ':80/')).toContain('with --clinic or --gc-experiment');
    expect(preopen('profile', '--pid', '1', '--pressure').stderr).toContain('a process that runs keeps what it has');
  });

  it('asks for a command or a process, and not for both', () => {
    for (const args of [[], ['--pid', '1', '--', 'true']]) {
      const run = preopen('profile', ...args);
      expect(run.status).toBe(2);
      expect(run.stderr).toContain('preopen profile -- node serve.js');
    }
  });
});
