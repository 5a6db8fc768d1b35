// Holds this package against services and queues whose true figures are known.
// Usage: node scripts/verify.mjs [V1,V9…] [--virtual | --real] [--few] [--json]; without ids all of them. --virtual leaves
// out what needs sockets and --real what does not; --few repeats less often where an experiment is made many times.
// Experiments on real sockets stand behind a noise gate: what is disturbed by other work on the machine is repeated, and
// after three times it is `not-measured`, never passed. Ends with 1 if an experiment failed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startNoiseProbe, startService, systemClock } from '@preopen/core';
import { planted } from './verify/planted.mjs';
import { realExperiments } from './verify/real.mjs';
import { virtualExperiments } from './verify/virtual.mjs';

// Unknown flags are refused: all of this takes minutes.
const {
  values: { virtual: onlyVirtual = false, real: onlyReal = false, few = false, json: asJson = false },
  positionals,
} = parseArgs({
  allowPositionals: true,
  options: {
    virtual: { type: 'boolean' },
    real: { type: 'boolean' },
    few: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const experiments = [
  ...virtualExperiments.map((experiment) => ({ ...experiment, kind: 'virtual' })),
  ...realExperiments.map((experiment) => ({ ...experiment, kind: 'real' })),
];
const wanted = positionals[0]?.split(',');
const unknown = wanted?.filter((id) => !experiments.some((experiment) => experiment.id === id)) ?? [];
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no such experiment; there are V1 to V16.`);

const folder = mkdtempSync(join(tmpdir(), 'preopen-verify-'));
const { signal } = new AbortController();
const context = { clock: systemClock, signal, seed: 1, emit: () => undefined };
const say = (text) => process.stdout.write(`${text}\n`);

/**
 * Runs against a planted service, which has ended when this resolves.
 * @param use gets the service, its folder, and which processes count as ours, with a list for further ones
 */
async function withService(kind, use) {
  const { folder: own, config } = planted(kind, folder);
  const service = await startService(config, { clock: systemClock, signal, workDir: own, configDir: own });
  const alsoOurs = [];
  const ownPids = () => [process.pid, ...(service.process?.pids() ?? []), ...alsoOurs];
  const probe = startNoiseProbe({ clock: systemClock, ownPids });
  let used;
  try {
    used = await use(service, own, { alsoOurs, ownPids });
  } finally {
    const noise = await probe.stop();
    await service.stop();
    if (used) used.noise = noise;
  }
  return used;
}

/** What disturbs comes in spells: each further try waits longer. */
const restsMs = [0, 4000, 8000, 16_000, 32_000];

/** What a stretch comes to without other work on the machine: the first of five, or `undefined` where all were disturbed. */
async function undisturbed(ownPids, stretch) {
  for (const [tries, restMs] of restsMs.entries()) {
    await setTimeout(restMs);
    const probe = startNoiseProbe({ clock: systemClock, ownPids });
    let outcome;
    let noise;
    try {
      outcome = await stretch();
    } finally {
      noise = await probe.stop();
    }
    if (!noise.contaminated) return outcome;
    process.stderr.write(`a stretch, attempt ${tries + 1}, disturbed (${noise.reason})\n`);
  }
  return undefined;
}

function describe({ id, kind, title, verdict, figures, reason, seconds }) {
  const indent = ' '.repeat(13);
  const lines = [`${verdict.padEnd(12)} ${id} ${kind}: ${title} (${seconds} s)`, `${indent}${figures}`];
  return [...lines, ...(reason ? [`${indent}disturbed: ${reason}`] : [])].join('\n');
}

/** One experiment, on sockets up to three times; kept is the first that passes, or else the last. */
async function judge({ id, kind, title, alwaysJudged = false, run }) {
  const startMs = performance.now();
  let outcome;
  for (let attempt = 1; attempt <= (kind === 'real' ? 3 : 1); attempt++) {
    // What was disturbed says nothing of Little's law either.
    const own = { residuals: [...residuals], few, context, withService, undisturbed };
    const { pass, figures, noise } = await run(own);
    const disturbed = !alwaysJudged && noise?.contaminated === true;
    outcome = {
      verdict: disturbed || pass === undefined ? 'not-measured' : pass ? 'pass' : 'fail',
      figures,
      ...(attempt === 1 ? {} : { attempts: attempt }),
      ...(disturbed ? { reason: noise.reason, undisturbedVerdict: pass ? 'pass' : 'fail' } : {}),
    };
    if (disturbed) process.stderr.write(`${id}, attempt ${attempt}, disturbed (${noise.reason}): ${figures}\n`);
    if (!disturbed) residuals.splice(0, residuals.length, ...own.residuals);
    if (outcome.verdict !== 'not-measured') break;
  }
  return { id, kind, title, ...outcome, seconds: Number(((performance.now() - startMs) / 1000).toFixed(1)) };
}

const residuals = [];
const results = [];
for (const experiment of experiments) {
  const { id, kind } = experiment;
  if (!(wanted?.includes(id) ?? true) || (onlyVirtual && kind === 'real') || (onlyReal && kind === 'virtual')) continue;
  const result = await judge(experiment);
  results.push(result);
  if (!asJson) say(describe(result));
}
rmSync(folder, { recursive: true, force: true });
if (asJson) say(JSON.stringify({ results }, null, 2));
const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
// The last line, alone, is what a test runner's summary looks like.
if (!asJson) say(`${count('pass')} passed, ${count('fail')} failed, ${count('not-measured')} skipped`);
process.exitCode = count('fail') > 0 ? 1 : 0;
