// Services whose true behaviour is known, written as modules for a child process.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const spin = 'const spin = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };';
const nowMs = 'const nowMs = () => Number(process.hrtime.bigint()) / 1e6;';
/** Tells something in a file when it ends. */
const tell = (file, what) => `import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(new URL('./${file}', import.meta.url), JSON.stringify(${what})));`;
/** A small generator of its own, so that the service needs none of ours. */
const uniform =
  'let state = 12345; const uniform = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state + 0.5) / 4294967296; };';

const models = {
  /** Answers at once, and tells when it was asked. */
  arrivals: `${nowMs} ${tell('arrivals.json', 'at')} const at = [];
    export default { features: 2, predict(values, rows) { at.push(nowMs()); return new Float64Array(rows); } };`,
  instant: 'export default { features: 2, predict: (values, rows) => new Float64Array(rows) };',
  /** Stands still for a second, every ten; tells when, and when it came to each request. */
  stalling: `${spin} ${nowMs} ${tell('stalls.json', '{ stalls, at }')} const stalls = [], at = [];
    setTimeout(function stall() { const from = nowMs(); spin(1000); stalls.push([from, nowMs()]); setTimeout(stall, 9000); }, 3000);
    export default { features: 2, predict(values, rows) { at.push(nowMs()); return new Float64Array(rows); } };`,
  /** Never answers one request in fifty. */
  hanging: `let calls = 0; export default { features: 2,
    predict: (values, rows) => (++calls % 50 === 0 ? new Promise(() => undefined) : Promise.resolve(new Float64Array(rows))) };`,
  /** Has stages by the plan of its batch size, and tells what it measured of each. */
  staged: `${spin} ${tell('stages.json', 'told')} import { planOf, plans, stageNames } from './stage-plans.mjs';
    const calls = plans.map(() => 0); const told = plans.map(() => []); let last = {};
    export default { features: 2, stages: () => last, predict(values, rows) {
      const stages = planOf(plans[rows - 1], ++calls[rows - 1]); last = {};
      for (const name of stageNames) { const from = performance.now(); spin(stages[name]); last[name] = performance.now() - from; }
      told[rows - 1].push(last);
      return new Float64Array(rows); } };`,
};

/**
 * A single server of the books: each request takes it for as long as was drawn, in the order in which they came, and nothing else
 * takes any time worth the name. Sockets alone, since an HTTP server of Node takes a third of a millisecond a request besides,
 * by no known law. It answers the Open Inference Protocol for one row, and tells what it drew and when it was busy.
 *
 * Requests are taken in first and served one a turn of the event loop, with an empty turn between: epoll keeps a socket that it
 * has reported at the front of its list until it is found empty, so that a request on a connection that was just answered would
 * overtake all that wait. That leaves the mean as it is and makes the P99 an eighth longer.
 */
const queue = (drawMs) => `import { createServer } from 'node:net';
  ${spin} ${nowMs} ${uniform} ${tell('served.json', '{ drawn, from, to }')} const drawn = [], from = [], to = [];
  const name = process.argv[3];
  const tensor = (name, shape) => ({ name, datatype: 'FP64', shape });
  const said = (value) => { const body = JSON.stringify(value);
    return Buffer.from('HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nKeep-Alive: timeout=60\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body); };
  const answer = said({ model_name: name, outputs: [{ ...tensor('predictions', [1]), data: [0] }] });
  const ready = said({ ready: true }), server = said({ name: 'queue', version: '1', extensions: [] });
  const metadata = said({ name, versions: ['1'], platform: 'queue', inputs: [tensor('input', [-1, 2])], outputs: [tensor('predictions', [-1])] });
  const waiting = [];
  let isServing = false;
  /** The one that has waited longest, two turns from now; looks again after it, for those that came meanwhile. */
  const serveSoon = () => { isServing = true; setImmediate(setImmediate, serve); };
  function serve() {
    const socket = waiting.shift();
    if (!socket) { isServing = false; return; }
    from.push(nowMs()); const ms = ${drawMs}; drawn.push(ms); spin(ms); socket.write(answer); to.push(nowMs());
    serveSoon();
  }
  createServer((socket) => {
    let kept = Buffer.alloc(0);
    socket.setNoDelay(true).on('error', () => undefined).on('data', (bytes) => {
      kept = kept.length > 0 ? Buffer.concat([kept, bytes]) : bytes;
      const head = kept.indexOf('\\r\\n\\r\\n');
      if (head < 0) return;
      const text = kept.latin1Slice(0, head);
      if (kept.length < head + 4 + Number(/content-length: *(\\d+)/i.exec(text)?.[1] ?? 0)) return;
      kept = Buffer.alloc(0);
      const path = text.split(' ', 2)[1];
      if (text.startsWith('POST')) { waiting.push(socket); if (!isServing) serveSoon(); }
      else socket.write(path.includes('/models/') ? metadata : path.includes('ready') ? ready : server);
    });
  }).listen(Number(process.argv[2]), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));`;

const queues = {
  /** One at a time, 2 ms each. */
  deterministic: queue('2'),
  /** One at a time, 2 ms on average, exponential; tells what it drew. */
  exponential: queue('-2 * Math.log(uniform())'),
};

/** Writes a service and gives its config. */
export function planted(kind, folder) {
  const own = join(folder, kind);
  mkdirSync(own, { recursive: true });
  if (kind in queues) {
    writeFileSync(join(own, 'queue.mjs'), queues[kind]);
    const url = 'http://127.0.0.1:{port}';
    const command = [process.execPath, join(own, 'queue.mjs'), '{port}', kind];
    return {
      folder: own,
      config: { kind: 'command', name: kind, model: kind, command, url, readyUrl: `${url}/v2/health/ready` },
    };
  }
  writeFileSync(join(own, 'model.mjs'), models[kind]);
  copyFileSync(join(dirname(fileURLToPath(import.meta.url)), 'stage-plans.mjs'), join(own, 'stage-plans.mjs'));
  return { folder: own, config: { kind: 'module', name: kind, module: './model.mjs', model: kind } };
}
