// Mutation score: services and pipelines with one planted mistake each (mutants/) must be caught, with the right label, and each
// correct twin, the same program under the same fault without the mistake, must come out clean.
// Usage: node scripts/verify-mutants.mjs [MISTAKE…] [--json]; without names all of them, about six minutes on a quiet machine.
// What could not be measured is neither caught nor clean and is tried three times. Ends with 1 unless at least 95 % are caught with
// the right label and every twin is clean.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipelines } from '../mutants/pipelines.mjs';
import { runPipeline, runService } from '../mutants/run-mutant.mjs';
import { runTaiwanPipeline, taiwanPipelines } from '../mutants/run-taiwan-mutant.mjs';
import { services } from '../mutants/services.mjs';

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const asJson = process.argv.includes('--json');
const isWanted = ({ mistake }) => wanted.length === 0 || wanted.includes(mistake);
const say = (text) => process.stderr.write(`${text}\n`);
const folder = mkdtempSync(join(tmpdir(), 'failover-mutants-'));
const startMs = performance.now();
const leastShare = 0.95;

/** Tries again, on another seed, what the machine did not let be measured. */
async function tried(run) {
  let found;
  for (let seed = 1; seed <= 3; seed++) {
    found = await run(seed);
    if (found.reason === undefined) return found;
    say(`    not measured: ${found.reason}`);
  }
  return found;
}

const names = ({ labels }) => labels.map(({ label }) => label);
const rows = [];
const twins = [];
try {
  for (const [kind, all, run] of [
    ['service', services, runService],
    ['pipeline', pipelines, runPipeline],
    ['Taiwan pipeline', taiwanPipelines, runTaiwanPipeline],
  ]) {
    const mutants = all.filter(isWanted);
    const scenes = new Map();
    for (const mutant of mutants) {
      const { mistake, planted, label, ...rest } = mutant;
      // What stands in `rest` is the scene; mistakes of one scene have one twin.
      say(`${kind} ${mistake}: ${planted}`);
      const found = await tried((seed) => run(mutant, { folder, seed, mistake }));
      const labels = names(found);
      const row = { kind, mistake, planted, fault: rest.fault, label, found: labels, reason: found.reason };
      row.isCaught = labels.length > 0;
      row.isRight = labels.includes(label);
      row.sentence = found.labels.find((one) => one.label === label)?.sentence;
      rows.push(row);
      say(
        `    ${row.isRight ? 'caught' : row.isCaught ? `other label, expected ${label}` : 'NOT CAUGHT'}: ${labels.join(', ') || (found.reason ?? 'clean')}`,
      );
      if (row.sentence) say(`    ${row.sentence}`);
      scenes.set(JSON.stringify(rest), mutant);
    }
    for (const [text, mutant] of scenes) {
      const found = await tried((seed) => run(mutant, { folder, seed }));
      twins.push({ kind, scene: JSON.parse(text), found: names(found), reason: found.reason });
      say(`twin ${kind} ${text}: ${found.reason ?? (names(found).join(', ') || 'clean')}`);
      for (const { label, sentence } of found.labels) say(`    ${label}: ${sentence}`);
      for (const note of found.notes ?? []) say(`    ${note}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const right = rows.filter(({ isRight }) => isRight).length;
const caught = rows.filter(({ isCaught }) => isCaught).length;
const dirty = twins.filter(({ found }) => found.length > 0).length;
const unmeasured = [...rows, ...twins].filter(({ reason }) => reason !== undefined).length;
const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
const isGood = rows.length > 0 && right / rows.length >= leastShare && dirty === 0 && unmeasured === 0;
if (asJson) process.stdout.write(`${JSON.stringify({ rows, twins, isGood }, null, 2)}\n`);
else {
  const width = (key) => Math.max(0, ...rows.map((row) => String(row[key]).length));
  const [mistakes, planted] = [width('mistake'), width('planted')];
  for (const { mistake, planted: what, fault, label, found, isRight, reason } of rows) {
    const others = found.filter((one) => one !== label);
    process.stdout.write(
      `${isRight ? 'caught' : 'MISSED'}  ${mistake.padEnd(mistakes)}  ${what.padEnd(planted)}  ${fault.padEnd(22)}  ${isRight ? label : `expected ${label}, ${reason ?? 'not there'}`}${others.length > 2 ? `; also ${others.length} others` : others.length > 0 ? `; also ${others.join(', ')}` : ''}\n`,
    );
  }
  process.stdout.write(
    `${isGood ? 'PASSED' : 'FAILED'}  ${right} of ${rows.length} caught with the right label (${caught} at all), findings in ${dirty} of ${twins.length} correct twins, ${unmeasured} not measured, ${minutes} min\n`,
  );
}
process.exitCode = isGood ? 0 : 1;
