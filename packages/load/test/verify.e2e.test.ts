import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/verify.mjs', import.meta.url));
const verify = (...args: string[]) => {
  const { stdout } = spawnSync(process.execPath, [script, ...args, '--few', '--json'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { results } = JSON.parse(stdout) as { results: { id: string; verdict: string; figures: string }[] };
  return results.map(({ id, verdict, figures }) => `${verdict} ${id}: ${figures}`);
};

// Half a minute of arithmetic, and more where others use the machine too.
it('in virtual time the known answers are found', { timeout: 600_000 }, () => {
  const results = verify('--virtual');
  expect(results).toHaveLength(12);
  for (const result of results) expect(result).toMatch(/^pass/);
});

// The others on sockets stand behind a noise gate in `npm run verify`.
it('on sockets, where noise changes nothing, the known answers are found', () => {
  const results = verify('V7,V9,V16', '--real');
  expect(results).toHaveLength(3);
  for (const result of results) expect(result).toMatch(/^pass/);
});
