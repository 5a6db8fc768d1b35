// Our generator as a program, so that its CPU time is taken like that of the others.
// node ours.mjs open URL RATE SECONDS | node ours.mjs closed URL CONNECTIONS SECONDS [LANES]
import { plainHttpCodec, systemClock } from '@preopen/core';
import { runClosedLoad, runLoad } from '@preopen/load';

const [mode, url, amount, seconds, lanes = '1'] = process.argv.slice(2);
const request = { method: 'GET', path: '/', headers: {}, body: null, predictions: 0 };
const service = {
  name: 'peer',
  url: new URL(url),
  model: 'peer',
  codec: { ...plainHttpCodec, encode: () => request },
  batch: () => ({ rows: 1, features: 1, values: new Float64Array(1) }),
};
const context = { clock: systemClock, signal: new AbortController().signal, emit: () => undefined };
const durationMs = Number(seconds) * 1000;
if (mode === 'closed') {
  const { ledger, completedPerSecond } = await runClosedLoad(
    service,
    { users: Number(amount), batch: 1, durationMs, checkEvery: 1e9, lanes: Number(lanes), seed: 1 },
    context,
  );
  process.stdout.write(JSON.stringify({ ok: ledger.ok, perSecond: completedPerSecond }));
} else {
  const { recorder, ledger, generator } = await runLoad(
    service,
    {
      arrivals: { kind: 'constant', ratePerSecond: Number(amount) },
      payloads: [request],
      durationMs,
      connections: 256,
      checkEvery: 1e9,
      seed: 1,
    },
    context,
  );
  const sorted = recorder.durationsMs('response', { failedMs: 10_000 }).sort();
  const at = (q) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  process.stdout.write(
    JSON.stringify({
      sent: ledger.scheduled,
      ok: ledger.ok,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
      generator,
    }),
  );
}
