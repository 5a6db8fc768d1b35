// The leak verdict against workloads whose truth is known: 24 clean ones and 15 leaks, each in a process of its own.
// `node scripts/verify-leaks.mjs [--seeds 10] [--first-seed 1] [--only TEXT]`
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clean, leaks } from '../test/support/leak-workloads.mjs';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, 'first-seed': { type: 'string' }, only: { type: 'string' } },
});
const seeds = Number(values.seeds ?? 10);
const firstSeed = Number(values['first-seed'] ?? 1);
const runner = fileURLToPath(new URL('../test/support/judge-workload.mjs', import.meta.url));
/** Leaks below the budget of the rule, which it need not find. */
const budgetBytes = 128;

function judge(group, name, seed, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, group, name, String(seed), JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`${group} ${name} ${seed}: ended with ${code}`)),
    );
  });
}

const say = (text) => process.stdout.write(`${text}\n`);
const jobs = [];
for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
  for (const name of Object.keys(clean)) jobs.push({ group: 'clean', name, seed });
  for (const name of Object.keys(leaks)) jobs.push({ group: 'leaks', name, seed });
}
const chosen = jobs.filter(({ name }) => values.only === undefined || name.includes(values.only));
const reports = [];
let next = 0;
await Promise.all(
  cpus().map(async () => {
    while (next < chosen.length) {
      const { group, name, seed } = chosen[next++];
      // The class is named once per leak; the snapshots would take most of the time.
      const report = await judge(group, name, seed, { snapshots: seed === firstSeed });
      reports.push(report);
      if (process.stderr.isTTY) process.stderr.write(`\r${reports.length} of ${chosen.length}  `);
    }
  }),
);

const verdicts = (list) => {
  const counts = {};
  for (const { verdict } of list) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
};
for (const [group, names] of [
  ['clean', Object.keys(clean)],
  ['leaks', Object.keys(leaks)],
]) {
  for (const name of names) {
    const own = reports.filter((report) => report.group === group && report.name === name);
    if (own.length === 0) continue;
    const slopes = own.map(({ leading }) => leading.bytesPerIteration).sort((a, b) => a - b);
    const named = own.find(({ culprit }) => culprit?.constructorName)?.culprit;
    const truth = group === 'leaks' ? ` (truth about ${leaks[name].bytes})` : '';
    say(
      `${group} · ${name}: ${verdicts(own)}; B/iteration ${slopes[0].toFixed(0)} to ${slopes.at(-1).toFixed(0)}${truth}` +
        (named ? `; class ${named.constructorName}, ${named.objectsPerIteration.toFixed(2)} per iteration` : ''),
    );
  }
}
const isAlarm = ({ verdict }) => verdict === 'leak' || verdict === 'suspect';
const cleanRuns = reports.filter(({ group }) => group === 'clean');
const falseAlarms = cleanRuns.filter(isAlarm);
const due = reports.filter(({ group, name }) => group === 'leaks' && leaks[name].bytes > budgetBytes);
const missed = due.filter(({ verdict }) => verdict !== 'leak');
const decided = cleanRuns.filter(({ verdict }) => verdict !== 'inconclusive');
say(
  `\n${falseAlarms.length} false alarms in ${cleanRuns.length} clean runs (${decided.length} of them decided); ` +
    `${due.length - missed.length} of ${due.length} leaks above the budget found`,
);
for (const { name, seed, reasons } of [...falseAlarms, ...missed])
  say(`  ${name}, seed ${seed}: ${reasons.join('; ')}`);
process.exitCode = falseAlarms.length + missed.length > 0 ? 1 : 0;
