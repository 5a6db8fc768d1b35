// Requests a second and CPU time per request of each generator, 64 connections, closed loop, same server, in turns; ours and
// autocannon with one thread that sends and with two. Against two servers: an HTTP server of Node as everybody writes it, which
// gives out before the better generators do, and sockets with one prewritten answer, which do not.
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
  'autocannon, two workers': {
    tool: 'autocannon',
    command: (url, path) => `'${path}' -j -c 64 -w 2 -d ${seconds} ${url} 2>/dev/null`,
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

const servers = { 'an HTTP server': 'server.mjs', 'a server of sockets alone': 'lean-server.mjs' };
const isOurs = (name) => name.startsWith('ours');
const toolOf = (name) => tools[name].tool ?? name;
const missing = Object.keys(tools).filter((name) => !isOurs(name) && !find(toolOf(name)));

/** The better of the turns of each tool, in rate and in CPU time. */
async function bestBeside(script) {
  const best = {};
  const server = await startServer(join(here, script));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, { command, requests }] of Object.entries(tools)) {
        if (missing.includes(name)) continue;
        const { stdout, cpuSeconds } = run(command(server.url, isOurs(name) ? '' : find(toolOf(name))));
        const count = requests(stdout);
        const one = { perSecond: count / seconds, cpuMicroseconds: (cpuSeconds * 1e6) / count };
        const before = best[name] ?? { perSecond: 0, cpuMicroseconds: Number.POSITIVE_INFINITY };
        best[name] = {
          perSecond: Math.max(before.perSecond, one.perSecond),
          cpuMicroseconds: Math.min(before.cpuMicroseconds, one.cpuMicroseconds),
        };
        say(
          `${script}, ${name}: ${one.perSecond.toFixed(0)} /s, ${one.cpuMicroseconds.toFixed(1)} µs of CPU a request`,
        );
      }
    }
  } finally {
    await server.stop();
  }
  return best;
}

const rows = [];
for (const [server, script] of Object.entries(servers)) {
  const best = await bestBeside(script);
  for (const name of Object.keys(tools)) {
    if (isOurs(name)) continue;
    for (const [title, unit, better, key, our] of [
      ['CPU time per request', 'µs', 'lower', 'cpuMicroseconds', 'ours'],
      ['requests a second, one lane', '1/s', 'higher', 'perSecond', 'ours'],
      ['requests a second, two lanes', '1/s', 'higher', 'perSecond', 'ours, two lanes'],
    ]) {
      const ours = best[our][key];
      const base = { name: `${title}, from ${server}, beside ${name}`, unit, better, ours };
      rows.push(
        missing.includes(name)
          ? { ...base, peer: null, ratio: null, note: `not installed: ${howToGet[toolOf(name)]}` }
          : { ...base, peer: { name, value: best[name][key] }, ratio: ours / best[name][key] },
      );
    }
  }
}
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify({ rows }));
