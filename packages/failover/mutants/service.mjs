// A scoring service as a careful team writes it, or the same with one mistake: `node service.mjs PORT [MISTAKE]`. Every place at
// which a mistake lies is marked by `has(…)`; without one it is the correct twin of all of them. The mistakes stand in
// services.mjs. In the environment: FEATURE_STORE_URL; STATE_DIR for its lock; JOURNAL, a file for what it has done; SLOTS, how
// many requests ask the store at a time.
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { aBreaker } from './breaker.mjs';
import { aFeatureStore } from './feature-client.mjs';
import { NotServed } from './not-served.mjs';

const [port, mistake] = process.argv.slice(2);
const { STATE_DIR: stateDir, JOURNAL: journalPath, SLOTS: slots = '80' } = process.env;
const has = (name) => name === mistake;
const features = 4;

/** The lock of a process that is gone is nobody's. */
function takeLock() {
  if (!stateDir) return false;
  const lock = join(stateDir, 'lock');
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : undefined;
  if (owner !== undefined && (has('stale-lock') || existsSync(`/proc/${owner}/stat`))) {
    throw new Error(`${lock} is held by process ${owner}: another service runs already`);
  }
  writeFileSync(lock, String(process.pid));
  process.once('exit', () => rmSync(lock, { force: true }));
  return owner !== undefined;
}
const isAfterCrash = takeLock();
if (isAfterCrash && has('replays-journal')) {
  const last = readFileSync(journalPath, 'utf8').trim().split('\n').slice(-40);
  appendFileSync(journalPath, `${last.join('\n')}\n`);
}

/** What is done stands in the journal before the client hears of it. */
const buffered = [];
function writeDown(id) {
  if (!journalPath) return;
  const line = `${JSON.stringify({ id })}\n`;
  if (has('buffered-journal')) {
    if (buffered.push(line) >= 50) appendFileSync(journalPath, buffered.splice(0).join(''));
    return;
  }
  try {
    appendFileSync(journalPath, line);
  } catch (cause) {
    if (has('crash-on-write'))
      setImmediate(() => {
        throw cause;
      });
    throw new NotServed(503, `not written down: ${cause.message}`);
  }
}

const store = aFeatureStore(process.env.FEATURE_STORE_URL, { has, slots: Number(slots) });
const breaker = aBreaker({ has });
const kept = [];
let lastAnswer;

/** Reads a request, or says what is wrong with it. */
function rowsOf(text) {
  let tensor;
  try {
    [tensor] = JSON.parse(text).inputs;
    if (!Array.isArray(tensor.data) || !Array.isArray(tensor.shape)) throw new Error('no data');
  } catch (cause) {
    if (has('crash-on-wrong-request'))
      setImmediate(() => {
        throw cause;
      });
    if (has('blocks-on-wrong-request')) for (const until = Date.now() + 150; Date.now() < until; ) JSON.stringify(text);
    if (has('blames-itself')) throw new NotServed(500, 'internal error');
    throw new NotServed(400, `no request for a model: ${cause.message}`);
  }
  const { shape, data } = tensor;
  const values = data.map(Number);
  if (has('believes-shapes'))
    return Array.from({ length: shape[0] }, (_, row) => values.slice(row * features, (row + 1) * features));
  if (shape[1] !== features || values.length !== shape[0] * features)
    throw new NotServed(400, `expected rows of ${features} values`);
  if (!has('reads-words') && !values.every(Number.isFinite)) throw new NotServed(400, 'expected finite numbers');
  return Array.from({ length: shape[0] }, (_, row) => values.slice(row * features, (row + 1) * features));
}

/** The store’s figure; how a request ends for which there is none. */
async function scaleFor(rows) {
  try {
    return await breaker.guard(() => store.scale());
  } catch (cause) {
    if (has('swallows-errors')) return 0;
    if (has('not-a-number')) return Number.NaN;
    if (has('stale-as-fresh') && lastAnswer?.length === rows.length) return undefined;
    throw cause instanceof NotServed ? cause : new NotServed(503, `no features: ${cause.message}`);
  }
}

async function answerTo(text, id) {
  const rows = rowsOf(text);
  const scale = await scaleFor(rows);
  if (isAfterCrash && has('leak-after-restart')) kept.push(new Uint8Array(500_000).fill(1));
  // The defaults of a model that was not loaded.
  const bias = isAfterCrash && has('half-restart') ? 1 : 0;
  const predictions = scale === undefined ? lastAnswer : rows.map((row) => scale * row.reduce((a, b) => a + b, bias));
  if (scale !== undefined) lastAnswer = predictions;
  writeDown(id);
  return { outputs: [{ name: 'prediction', shape: [rows.length], datatype: 'FP64', data: predictions }] };
}

/** At most so many requests a second, and a burst of as many. */
const most = 500;
const nowMs = () => (has('wall-clock-rate') ? Date.now() : performance.now());
const bucket = { left: most, atMs: nowMs() };
function takeFromBucket() {
  const atMs = nowMs();
  bucket.left = Math.min(most, bucket.left + ((atMs - bucket.atMs) * most) / 1000);
  bucket.atMs = atMs;
  if (bucket.left < 1) throw new NotServed(429, 'too many requests');
  bucket.left--;
}

/** A watchdog that gives up for good when it was not run for a while, as one that lost a lease. */
let isGivenUp = false;
if (has('dead-after-pause')) {
  let lastMs = performance.now();
  setInterval(() => {
    isGivenUp ||= performance.now() - lastMs > 400;
    lastMs = performance.now();
  }, 50);
}

const metadata = {
  '/v2': { name: 'mutant', extensions: [] },
  '/v2/health/live': {},
  '/v2/health/ready': {},
  '/v2/models/alpha': { name: 'alpha', inputs: [{ name: 'input', datatype: 'FP64', shape: [-1, features] }] },
};
let isEnding = false;
const server = createServer((request, response) => {
  const parts = [];
  const reply = (status, document) => {
    response.writeHead(status, { 'content-type': 'application/json', ...(isEnding ? { connection: 'close' } : {}) });
    response.end(JSON.stringify(document));
  };
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    if (metadata[request.url] && request.method === 'GET') return reply(200, metadata[request.url]);
    if (request.url !== '/v2/models/alpha/infer' || request.method !== 'POST')
      return reply(404, { error: request.url });
    if (isGivenUp) return reply(503, { error: 'lease lost' });
    try {
      takeFromBucket();
      reply(200, await answerTo(Buffer.concat(parts).toString(), request.headers['x-request-id']));
    } catch (cause) {
      reply(cause.status ?? 500, { error: cause.message });
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => {
  if (isEnding || has('ignores-terminate')) return;
  isEnding = true;
  if (has('drops-on-terminate')) process.exit(0);
  // What is on its way over a kept connection is still served, and told that it is the last.
  setTimeout(() => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  }, 300);
});
