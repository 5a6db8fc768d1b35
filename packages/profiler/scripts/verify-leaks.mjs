// The leak verdict against workloads whose truth is known: 24 clean ones and 15 leaks, each in a process of its own.
// `node scripts/verify-leaks.mjs [--seeds 10] [--first-seed 1] [--only TEXT] [--resume FILE] [--minutes N]`
// All of it takes most of an hour on two cores. With `--resume` every verdict is kept in the file as it comes, and one that
// is there is not judged again; with `--minutes` no workload is begun after so long, and the exit code is 3 while some are left.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clean, leaks } from '../test/support/leak-workloads.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    'first-seed': { type: 'string' },
    only: { type: 'string' },
    resume: { type: 'string' },
    minutes: { type: 'string' },
  },
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
const keyOf = ({ group, name, seed }) => `${group}/${name}/${seed}`;
const wanted = new Set(chosen.map(keyOf));
const kept =
  values.resume !== undefined && existsSync(values.resume)
    ? readFileSync(values.resume, 'utf8').split('\n').filter(Boolean).map(JSON.parse)
    : [];
const reports = kept.filter((report) => wanted.has(keyOf(report)));
const done = new Set(reports.map(keyOf));
const open = chosen.filter((job) => !done.has(keyOf(job)));
const endMs = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
let next = 0;
await Promise.all(
  cpus().map(async () => {
    while (next < open.length && performance.now() < endMs) {
      const { group, name, seed } = open[next++];
      // The class is named once per leak; the snapshots would take most of the time.
      const report = await judge(group, name, seed, { snapshots: seed === firstSeed });
      // The profile and the path of retainers are large, and nothing here reads them.
      if (report.culprit) delete report.culprit.profile;
      reports.push(report);
      if (values.resume !== undefined) appendFileSync(values.resume, `${JSON.stringify(report)}\n`);
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
const found = due.filter(({ verdict }) => verdict === 'leak');
if (found.length > 0) {
  const most = (values) => Math.max(...values);
  say(
    `found with p of ${most(found.map(({ leading }) => leading.p)).toPrecision(2)} at most, within ${most(found.map(({ iterations }) => iterations))} iterations at most`,
  );
}
// What a leak of 1 KB takes with its object and its slot is what it takes in a quiet heap; behind noise it is to be told as much.
const quiet = reports.find(({ name }) => name === '1 KB')?.leading.bytesPerIteration;
const noisy = reports.filter(({ name, verdict }) => name.startsWith('1 KB behind') && verdict === 'leak');
if (quiet !== undefined && noisy.length > 0) {
  const misses = noisy.map(({ leading }) => Math.abs(leading.bytesPerIteration / quiet - 1)).sort((a, b) => a - b);
  const covered = noisy.filter(({ leading: { low, high } }) => low <= quiet && quiet <= high).length;
  say(
    `1 KB behind noise is ${quiet.toFixed(0)} B in a quiet heap: slopes miss it by ${(misses[misses.length >> 1] * 100).toFixed(1)} % (median) and ${(misses.at(-1) * 100).toFixed(1)} % at most; ${covered} of ${noisy.length} intervals hold it`,
  );
}
for (const { name, seed, reasons } of [...falseAlarms, ...missed])
  say(`  ${name}, seed ${seed}: ${reasons.join('; ')}`);
const left = chosen.length - reports.length;
if (left > 0) say(`${left} workloads are left: run it again with the same --resume`);
process.exitCode = falseAlarms.length + missed.length > 0 ? 1 : left > 0 ? 3 : 0;
