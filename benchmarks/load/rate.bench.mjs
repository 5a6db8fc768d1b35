// Requests a second and CPU time per request of each generator, 64 connections, closed loop, same server, in turns; ours
// with one thread that sends and with two.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { find, howToGet, run, startServer } from './peers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
// Long enough that the start of a program, which counts too, is a small part of its CPU time.
const seconds = 8;
const rounds = 2;
const say = (text) => process.stderr.write(`  ${text}\n`);
const node = `'${process.execPath}'`;

const tools = {
  ours: {
    command: (url) => `${node} '${join(here, 'ours.mjs')}' closed ${url} 64 ${seconds}`,
    requests: (out) => JSON.parse(out).ok,
  },
  'ours, two lanes': {
    command: (url) => `${node} '${join(here, 'ours.mjs')}' closed ${url} 64 ${seconds} 2`,
    requests: (out) => JSON.parse(out).ok,
  },
  autocannon: {
    command: (url, path) => `'${path}' -j -c 64 -d ${seconds} ${url} 2>/dev/null`,
    requests: (out) => JSON.parse(out).requests.total,
  },
  wrk: {
    command: (url, path) => `'${path}' -t1 -c64 -d${seconds}s ${url}`,
    requests: (out) => Number(/(\d+) requests in/.exec(out)[1]),
  },
  vegeta: {
    command: (url, path) =>
      `echo 'GET ${url}' | '${path}' attack -rate=0 -max-workers=64 -duration=${seconds}s | '${path}' report -type=json`,
    requests: (out) => JSON.parse(out).requests,
  },
  k6: {
    command: (url, path) =>
      `TARGET=${url} '${path}' run -q --vus 64 --duration ${seconds}s '${join(folder, 'k6.js')}' 2>/dev/null`,
    requests: (out) => JSON.parse(out.slice(out.indexOf('{'))).count,
  },
};

const folder = mkdtempSync(join(tmpdir(), 'preopen-bench-'));
writeFileSync(
  join(folder, 'k6.js'),
  `import http from 'k6/http';
export default function () { http.get(__ENV.TARGET); }
export function handleSummary(data) { return { stdout: JSON.stringify(data.metrics.http_reqs.values) }; }`,
);

const best = {};
const isOurs = (name) => name.startsWith('ours');
const missing = Object.keys(tools).filter((name) => !isOurs(name) && !find(name));
const server = await startServer(join(here, 'server.mjs'));
try {
  for (let round = 0; round < rounds; round++) {
    for (const [name, { command, requests }] of Object.entries(tools)) {
      if (missing.includes(name)) continue;
      const { stdout, cpuSeconds } = run(command(server.url, find(name) ?? ''));
      const count = requests(stdout);
      const one = { perSecond: count / seconds, cpuMicroseconds: (cpuSeconds * 1e6) / count };
      const before = best[name] ?? { perSecond: 0, cpuMicroseconds: Number.POSITIVE_INFINITY };
      best[name] = {
        perSecond: Math.max(before.perSecond, one.perSecond),
        cpuMicroseconds: Math.min(before.cpuMicroseconds, one.cpuMicroseconds),
      };
      say(`${name}: ${one.perSecond.toFixed(0)} /s, ${one.cpuMicroseconds.toFixed(1)} µs of CPU a request`);
    }
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

const rows = Object.keys(tools)
  .filter((name) => !isOurs(name))
  .flatMap((name) =>
    [
      ['CPU time per request', 'µs', 'lower', 'cpuMicroseconds', 'ours'],
      ['requests a second, one lane', '1/s', 'higher', 'perSecond', 'ours'],
      ['requests a second, two lanes', '1/s', 'higher', 'perSecond', 'ours, two lanes'],
    ].map(([title, unit, better, key, our]) => {
      const ours = best[our][key];
      const base = { name: `${title}, beside ${name}`, unit, better, ours };
      return missing.includes(name)
        ? { ...base, peer: null, ratio: null, note: `not installed: ${howToGet[name]}` }
        : { ...base, peer: { name, value: best[name][key] }, ratio: ours / best[name][key] };
    }),
  );
process.stdout.write(JSON.stringify({ rows }));
