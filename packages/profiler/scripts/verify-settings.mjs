// The experiment with V8's settings on services whose truth is known: one that makes megabytes of short-lived objects per
// request, which a larger young generation must be found to help, and one that makes next to nothing, where nothing helps and
// that must be said. `node scripts/verify-settings.mjs [--rounds 8]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSuite } from '@preopen/core';
import { gcSettings } from '@preopen/profiler';

const { values } = parseArgs({ options: { rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 8);
const configDir = fileURLToPath(new URL('../test/support/targets', import.meta.url));
const outputDir = mkdtempSync(join(tmpdir(), 'preopen-verify-settings-'));
const say = (text) => process.stdout.write(`${text}\n`);
let failures = 0;
const check = (holds, text) => {
  if (!holds) failures++;
  say(`${holds ? 'ok  ' : 'FAIL'} ${text}`);
};

/** What `memory/gc` says of a model that is served. */
async function sentencesOn(module) {
  const { checks } = await runSuite({
    suite: {
      name: 'settings',
      checks: [gcSettings({ rounds })],
      requirements: [],
      scale: { stocks: 20, days: 0, users: 1 },
    },
    target: { name: module, service: { kind: 'module', module, model: 'model' } },
    configDir,
    runId: 'verify-settings',
    seed: 1,
    seedGiven: true,
    outputDir,
    tool: { name: 'verify-settings', version: '0' },
    signal: new AbortController().signal,
  }).result;
  for (const note of checks[0].notes) say(`     ${note}`);
  return checks[0].notes;
}

try {
  const churning = await sentencesOn('short-lived-model.mjs');
  check(
    churning.some((note) => /^measured faster: NODE_OPTIONS="--max-semi-space-size=/.test(note)),
    'a service with much short-lived memory is told which young generation was measured faster',
  );
  const quiet = await sentencesOn('clean-model.mjs');
  check(
    quiet.some((note) => note.startsWith('no setting was measured better')),
    'a service where nothing helps is told so',
  );
} finally {
  rmSync(outputDir, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
