// The fault proxy beside Toxiproxy in one run, in turns: added delay, truth of injected latency and bandwidth, throughput. And
// beside relays that look at nothing, one on Node and one in C: what any proxy costs that is made like that.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { faultProxy } from '../../packages/failover/dist/index.js';
import {
  close,
  downloadS,
  responseMs,
  roundTripMs,
  startEcho,
  throughputMBs,
} from '../../packages/failover/scripts/proxy-figures.mjs';
import { find } from '../load/peers.mjs';

const howToGet =
  'GOBIN=DIR go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0; mv DIR/server DIR/toxiproxy-server; PREOPEN_PEERS=DIR';
const api = 'http://127.0.0.1:18474';

const echo = await startEcho();
const ours = await faultProxy({ upstream: `127.0.0.1:${echo.port}`, seed: 1 });

/** Starts Toxiproxy before the same server; undefined where it is not installed. */
async function startToxiproxy() {
  const path = find('toxiproxy-server');
  if (!path) return undefined;
  const child = spawn(path, ['-host', '127.0.0.1', '-port', new URL(api).port], { stdio: 'ignore' });
  // Also when a measurement throws: the next run would find its port taken.
  process.once('exit', () => child.kill());
  const post = (where, value) => fetch(`${api}${where}`, { method: 'POST', body: JSON.stringify(value) });
  for (let i = 0; ; i++) {
    try {
      await fetch(`${api}/version`);
      break;
    } catch (cause) {
      if (i > 100) throw cause;
      await wait(50);
    }
  }
  const made = await (
    await post('/proxies', { name: 'peer', listen: '127.0.0.1:0', upstream: `127.0.0.1:${echo.port}` })
  ).json();
  return {
    port: Number(made.listen.split(':').at(-1)),
    async with(toxic, measure) {
      await post('/proxies/peer/toxics', { name: 'one', stream: 'downstream', ...toxic });
      try {
        return await measure();
      } finally {
        await fetch(`${api}/proxies/peer/toxics/one`, { method: 'DELETE' });
      }
    },
    stop: () => child.kill(),
  };
}

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'relay-floor-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Starts a bare relay before the same server; undefined where it cannot be made. */
async function startFloor(name, command) {
  const child = spawn(command[0], [...command.slice(1), String(echo.port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => child.stdout.once('data', (line) => resolve(Number(String(line)))));
  return { name, port, stop: () => child.stdin.end() };
}

const compiled = join(folder, 'relay-floor');
const { status } = spawnSync('cc', ['-O2', '-pthread', here('relay-floor.c'), '-o', compiled]);
const floors = [
  await startFloor('a bare relay on Node', [process.execPath, here('relay-floor.mjs')]),
  ...(status === 0 ? [await startFloor('a bare relay in C', [compiled])] : []),
];

const peer = await startToxiproxy();
const rows = [];
const row = (name, unit, better, own, value) =>
  rows.push({
    name,
    unit,
    better,
    ours: own,
    peer: value === undefined ? null : { name: 'Toxiproxy', value },
    ratio: value === undefined ? null : own / value,
    ...(value === undefined ? { note: howToGet } : {}),
  });

/** Ours beside Toxiproxy and beside each floor; all of them were measured in turns. */
function rowsBeside(name, unit, better, [own, ...others]) {
  row(name, unit, better, own, peer ? others[floors.length] : undefined);
  floors.forEach((floor, i) => {
    rows.push({ name, unit, better, ours: own, peer: { name: floor.name, value: others[i] }, ratio: own / others[i] });
  });
}

const ports = [echo.port, ours.port, ...floors.map(({ port }) => port), ...(peer ? [peer.port] : [])];
const [direct, ...through] = await roundTripMs(ports);
rowsBeside(
  'delay added without toxics, P50',
  'µs',
  'lower',
  through.map((ms) => (ms - direct) * 1000),
);

for (const latencyMs of [2, 20, 50, 100]) {
  const undo = await ours.add({ type: 'latency', latencyMs });
  const own = await responseMs(ours.port);
  await undo();
  const other = await peer?.with({ type: 'latency', attributes: { latency: latencyMs } }, () => responseMs(peer.port));
  const base = await responseMs(echo.port, 1500);
  for (const at of ['p50', 'p95']) {
    const errorMs = (found) => Math.abs(found[at] - base[at] - latencyMs);
    row(
      `error of ${latencyMs} ms latency, ${at.toUpperCase()}, 500 requests/s`,
      'ms',
      'lower',
      errorMs(own),
      other && errorMs(other),
    );
  }
}

for (const upload of [false, true]) {
  const [base, ...found] = await throughputMBs(ports, upload);
  rowsBeside(
    `throughput of 1 MB ${upload ? 'requests' : 'answers'}, share of direct`,
    'ratio',
    'higher',
    found.map((rate) => rate / base),
  );
}

for (const megabytes of [1, 10]) {
  const bytes = megabytes * 2e6;
  const errorOf = (seconds) => Math.abs(bytes / 1e6 / seconds / megabytes - 1);
  const undo = await ours.add({ type: 'bandwidth', bytesPerSecond: megabytes * 1e6 });
  const own = errorOf(await downloadS(ours.port, bytes));
  await undo();
  const other = await peer?.with({ type: 'bandwidth', attributes: { rate: megabytes * 1000 } }, async () =>
    errorOf(await downloadS(peer.port, bytes)),
  );
  row(`error of a bandwidth of ${megabytes} MB/s`, 'ratio', 'lower', own, other);
}

console.log(JSON.stringify({ rows }));
await ours.close();
peer?.stop();
for (const floor of floors) floor.stop();
echo.stop();
close();
