// What each generator says of a server that stands still for 1 s in every 10 s, at 1000 requests a second (experiment V1 of
// packages/load/scripts/verify): the true P99 and P95 of the response from the intended start follow from the schedule:
// stall − (1 − q) · period · (1 − ρ), with the server's load ρ, since it has to catch up first. What a tool sent stands beside
// it: one that did not send what it was asked for did not meet the stalls as often. Takes five minutes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { durationMs, find, howToGet, run, startServer } from './peers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'preopen-bench-'));
const stallMs = 1000;
const periodMs = 10_000;
const rate = 1000;
const seconds = 40;
const say = (text) => process.stderr.write(`  ${text}\n`);

const k6Script = `
import http from 'k6/http';
export const options = { scenarios: { s: { executor: 'constant-arrival-rate', rate: ${rate}, timeUnit: '1s', duration: '${seconds}s', preAllocatedVUs: 1200, maxVUs: 2000 } }, summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'max'] };
export default function () { http.get(__ENV.TARGET); }
export function handleSummary(data) { return { stdout: JSON.stringify({ ...data.metrics.http_req_duration.values, sent: data.metrics.http_reqs.values.count }) }; }`;
writeFileSync(join(folder, 'k6.js'), k6Script);

/** Users who each ask once a second, as far as the answers let them: none misses more than one turn by a stall of a second. */
const locustFile = `
from locust import FastHttpUser, constant_throughput, task
class Asking(FastHttpUser):
    wait_time = constant_throughput(1)
    @task
    def ask(self):
        self.client.get("/")
`;
writeFileSync(join(folder, 'locustfile.py'), locustFile);

const artilleryScript = {
  config: {
    phases: [{ duration: seconds, arrivalRate: rate }],
    http: { timeout: 10 },
  },
  scenarios: [{ flow: [{ get: { url: '/' } }] }],
};
writeFileSync(join(folder, 'artillery.json'), JSON.stringify(artilleryScript));

/** Percentiles of counts by value. */
const percentilesOf = (counts) => {
  const ascending = Object.entries(counts)
    .map(([value, count]) => [Number(value), count])
    .sort(([a], [b]) => a - b);
  const total = ascending.reduce((sum, [, count]) => sum + count, 0);
  return (q) => {
    let seen = 0;
    for (const [value, count] of ascending) {
      seen += count;
      if (seen >= q * total) return value;
    }
    return Number.NaN;
  };
};

const idle = await startServer(join(here, 'server.mjs'));
const roof = JSON.parse(run(`'${process.execPath}' '${join(here, 'ours.mjs')}' closed ${idle.url} 64 2`).stdout);
await idle.stop();
const load = rate / roof.perSecond;
// Beyond that the server hardly catches up between its stalls, and the truth below no longer holds.
if (load > 0.5)
  throw new Error(`the machine is too busy: the server answers ${roof.perSecond.toFixed(0)} requests a second only`);
const truth = { p95: stallMs - 0.05 * periodMs * (1 - load), p99: stallMs - 0.01 * periodMs * (1 - load) };
say(`true: P95 ${truth.p95.toFixed(1)}, P99 ${truth.p99.toFixed(1)} ms`);

/** Each tool's command line for an address, and how its figures are read. */
const tools = {
  ours: {
    command: (url) => `'${process.execPath}' '${join(here, 'ours.mjs')}' open ${url} ${rate} ${seconds}`,
    read: (out) => JSON.parse(out),
  },
  autocannon: {
    command: (url, path) => `'${path}' -j -R ${rate} -c 50 -d ${seconds} ${url} 2>/dev/null`,
    // It has no P95; its P97.5 is the next above.
    read: (out) => ({
      p50: JSON.parse(out).latency.p50,
      p95: JSON.parse(out).latency.p97_5,
      p99: JSON.parse(out).latency.p99,
      sent: JSON.parse(out).requests.sent,
    }),
  },
  vegeta: {
    command: (url, path) =>
      `echo 'GET ${url}' | '${path}' attack -rate=${rate} -duration=${seconds}s -connections=256 | '${path}' report -type=json`,
    read: (out) => {
      const { latencies, requests } = JSON.parse(out);
      return {
        p50: latencies['50th'] / 1e6,
        p95: latencies['95th'] / 1e6,
        p99: latencies['99th'] / 1e6,
        sent: requests,
      };
    },
  },
  k6: {
    command: (url, path) => `TARGET=${url} '${path}' run -q '${join(folder, 'k6.js')}' 2>/dev/null`,
    read: (out) => {
      const values = JSON.parse(out.slice(out.indexOf('{')));
      return { p50: values['p(50)'], p95: values['p(95)'], p99: values['p(99)'], sent: values.sent };
    },
  },
  artillery: {
    command: (url, path) =>
      `ARTILLERY_DISABLE_TELEMETRY=true '${path}' run -q -t ${url} -o '${join(folder, 'artillery-report.json')}' '${join(folder, 'artillery.json')}' >/dev/null 2>&1; cat '${join(folder, 'artillery-report.json')}'`,
    read: (out) => {
      const { summaries, counters } = JSON.parse(out).aggregate;
      const { median, p95, p99 } = summaries['http.response_time'];
      return { p50: median, p95, p99, sent: counters['http.requests'] };
    },
  },
  locust: {
    // Closed, too: a user waits for the answer before the next question.
    command: (url, path) =>
      `'${path}' -f '${join(folder, 'locustfile.py')}' --headless --only-summary -u ${rate} -r ${rate} -t ${seconds}s --host ${url.replace(/\/$/, '')} --json -L ERROR 2>/dev/null`,
    read: (out) => {
      const [{ response_times: counts, num_requests: sent }] = JSON.parse(out.slice(out.indexOf('[')));
      const at = percentilesOf(counts);
      return { p50: at(0.5), p95: at(0.95), p99: at(0.99), sent };
    },
  },
  wrk: {
    // Closed: it has no rate, and asks the less the slower the answers come.
    command: (url, path) => `'${path}' -t1 -c10 -d${seconds}s --latency ${url}`,
    read: (out) => ({
      p50: durationMs(/50%\s+(\S+)/.exec(out)[1]),
      // It has no P95; its P90 is the next below.
      p95: durationMs(/90%\s+(\S+)/.exec(out)[1]),
      p99: durationMs(/99%\s+(\S+)/.exec(out)[1]),
      sent: Number(/(\d+) requests in/.exec(out)[1]),
    }),
  },
};

const found = {};
const missing = [];
const broken = {};
for (const [name, { command, read }] of Object.entries(tools)) {
  const path = name === 'ours' ? process.execPath : find(name);
  if (!path) {
    missing.push(name);
    continue;
  }
  const server = await startServer(join(here, 'server.mjs'), String(stallMs), String(periodMs));
  try {
    found[name] = read(run(command(server.url, path)).stdout);
    const { p50, p95, p99, sent } = found[name];
    say(
      `${name}: P50 ${p50.toFixed(2)}, P95 ${p95.toFixed(1)}, P99 ${p99.toFixed(1)} ms; ${sent} requests, asked for ${rate * seconds}`,
    );
  } catch (cause) {
    if (name === 'ours') throw cause;
    say(`${name} gave no figures: ${cause.message}`);
    broken[name] = `gave no figures: ${cause.message}`;
    delete found[name];
  } finally {
    await server.stop();
  }
}
rmSync(folder, { recursive: true });

const off = (value, q) => Math.abs(value / truth[q] - 1);
const rows = ['p99', 'p95'].flatMap((q) =>
  Object.keys(tools)
    .filter((name) => name !== 'ours')
    .map((name) => {
      const base = {
        name: `${q.toUpperCase()} of a stalling server, relative error, beside ${name}`,
        unit: 'ratio',
        better: 'lower',
      };
      const ours = off(found.ours[q], q);
      if (missing.includes(name))
        return { ...base, ours, peer: null, ratio: null, note: `not installed: ${howToGet[name]}` };
      if (broken[name]) return { ...base, ours, peer: null, ratio: null, note: broken[name] };
      const value = off(found[name][q], q);
      const note = `ours ${found.ours[q].toFixed(1)} ms, ${name} ${found[name][q].toFixed(1)} ms over ${found[name].sent} requests, true ${truth[q].toFixed(1)} ms`;
      return { ...base, ours, peer: { name, value }, ratio: ours / value, note };
    }),
);
process.stdout.write(JSON.stringify({ rows }));
