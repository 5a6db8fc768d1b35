// A market of 2000 stocks over one and over ten years of 252 sessions, each in a process of its own: the time from the
// start of the process to its end, and its peak memory. Beside it numpy on one thread, drawing as many normals and
// working out as many exponents and limits, vectorised by session; it does less: no references, events or reports.
// The peer runs if PYTHON (default python3) has numpy.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const stocks = 2000;
const repeats = 3;
const self = fileURLToPath(import.meta.url);

if (process.argv[2] === 'one') {
  const { simulateMarket } = await import('@preopen/market-tw');
  const { panel } = simulateMarket({ stocks, days: Number(process.argv[3]), seed: 42 });
  const traded = panel.fields.close.reduce((count, close) => count + (Number.isNaN(close) ? 0 : 1), 0);
  console.log(JSON.stringify({ peakMib: process.resourceUsage().maxRSS / 1024, traded }));
} else {
  const rows = [];
  for (const days of [252, 2520]) {
    const own = best(process.execPath, [self, 'one', String(days)]);
    process.stderr.write(`${stocks} × ${days}: ${own.seconds.toFixed(2)} s, ${own.traded} bars\n`);
    const peer = numpy(days);
    const missing = 'numpy is not there: pip install numpy, and PYTHON=…/bin/python';
    const row = (what, unit, ours, theirs, note) =>
      rows.push({
        name: `${stocks} stocks × ${days} sessions, ${what}`,
        unit,
        better: 'lower',
        ours,
        peer: peer ? { name: `numpy ${peer.version}, normals, exponents and limits alone`, value: theirs } : null,
        ratio: peer ? ours / theirs : null,
        note: peer ? note : missing,
      });
    row('a process from start to end', 's', own.seconds, peer?.seconds, 'no peer simulates the market itself');
    row('peak memory', 'MiB', own.peakMib, peer?.peakMib, 'ours holds 14 columns and the reports, theirs 13 columns');
  }
  console.log(JSON.stringify({ rows }));
}

function best(command, args) {
  const runs = Array.from({ length: repeats }, () => {
    const start = performance.now();
    const answer = execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return { seconds: (performance.now() - start) / 1000, ...JSON.parse(String(answer)) };
  });
  return runs.reduce((fastest, run) => (run.seconds < fastest.seconds ? run : fastest));
}

function numpy(days) {
  const python = process.env.PYTHON ?? 'python3';
  if (spawnSync(python, ['-c', 'import numpy'], { stdio: 'ignore' }).status !== 0) return undefined;
  const script = fileURLToPath(new URL('simulate_peer.py', import.meta.url));
  return best(python, [script, String(stocks), String(days)]);
}
