import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../in-your-tests', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

it('single packages work in the tests of somebody else’s project, with its own vitest and the built packages', () => {
  const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env;
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', folder, '--reporter', 'json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  });
  const said = JSON.parse(run.stdout.slice(run.stdout.indexOf('{'))) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
    }[];
  };
  const tests = said.testResults.flatMap(({ assertionResults }) => assertionResults);
  // On a busy machine the load says that it cannot say anything, and is skipped with that word.
  const isFine = ({ status, title }: { status: string; title: string }): boolean =>
    status === 'passed' || (status !== 'failed' && /requests a second/.test(title));
  expect(
    tests.filter((test) => !isFine(test)),
    run.stderr,
  ).toEqual([]);
  expect(tests).toHaveLength(7);
  expect(run.status).toBe(0);
});
