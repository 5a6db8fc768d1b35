import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const python = process.env.PYTHON ?? 'python3';
const isInstalled = spawnSync(python, ['-c', 'import exchange_calendars'], { stdio: 'ignore' }).status === 0;
const script = fileURLToPath(new URL('../scripts/compare-exchange-calendars.mjs', import.meta.url));

describe('the calendar beside XTAI of exchange_calendars', () => {
  it.skipIf(!isInstalled)(
    'differs in the library’s known errors and in nothing else (needs the Python package exchange_calendars)',
    () => {
      const run = spawnSync(process.execPath, [script, '--json'], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const result = JSON.parse(run.stdout) as {
        same: number;
        unexplained: number;
        differences: { date: string; there: string; explanation: string | null }[];
      };
      expect(result.differences.filter(({ explanation }) => explanation === null)).toEqual([]);
      expect(result.same).toBeGreaterThan(6500);
      // Twenty-three make-up Saturdays are closed there; a release to come may mend the rest.
      expect(result.differences.filter(({ explanation }) => explanation === 'make-up Saturday').length).toBeLessThan(
        24,
      );
    },
  );
});
