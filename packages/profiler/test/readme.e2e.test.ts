import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../', import.meta.url));

it('the example of the README runs, and says what stands there', { timeout: 120_000 }, () => {
  const readme = readFileSync(`${folder}README.md`, 'utf8');
  const [, code, said] = /```js\n(.*?)\/\/ (leak \d+ \S+)\n```/s.exec(readme)!;
  // In the package's own folder its name is the built package.
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code!], { cwd: folder, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const [verdict, bytes, kind] = run.stdout.trim().split(' ');
  const [wantedVerdict, wantedBytes, wantedKind] = said!.split(' ');
  expect([verdict, kind]).toEqual([wantedVerdict, wantedKind]);
  expect(Math.abs(Number(bytes) / Number(wantedBytes) - 1)).toBeLessThan(0.05);
});
