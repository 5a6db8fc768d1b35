// Services whose true behaviour is known, written as modules for a child process.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const spin = 'const spin = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };';
const nowMs = 'const nowMs = () => Number(process.hrtime.bigint()) / 1e6;';
/** A small generator of its own, so that the service needs none of ours. */
const uniform =
  'let state = 12345; const uniform = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state + 0.5) / 4294967296; };';

const models = {
  /** Answers at once, and tells when it was asked when it ends. */
  arrivals: `${nowMs} import { writeFileSync } from 'node:fs'; const at = [];
    process.on('exit', () => writeFileSync(new URL('./arrivals.json', import.meta.url), JSON.stringify(at)));
    export default { features: 2, predict(values, rows) { at.push(nowMs()); return new Float64Array(rows); } };`,
  instant: 'export default { features: 2, predict: (values, rows) => new Float64Array(rows) };',
  /** One at a time, 2 ms each. */
  deterministic: `${spin} export default { features: 2, predict(values, rows) { spin(2); return new Float64Array(rows); } };`,
  /** One at a time, 2 ms on average, exponential. */
  exponential: `${spin} ${uniform}
    export default { features: 2, predict(values, rows) { spin(-2 * Math.log(uniform())); return new Float64Array(rows); } };`,
  /** Stands still for a second, every ten; tells when. */
  stalling: `${spin} ${nowMs} import { writeFileSync } from 'node:fs'; const stalls = [];
    setTimeout(function stall() { const from = nowMs(); spin(1000); stalls.push([from, nowMs()]); setTimeout(stall, 9000); }, 3000);
    process.on('exit', () => writeFileSync(new URL('./stalls.json', import.meta.url), JSON.stringify(stalls)));
    export default { features: 2, predict: (values, rows) => new Float64Array(rows) };`,
  /** Never answers one request in fifty. */
  hanging: `let calls = 0; export default { features: 2,
    predict: (values, rows) => (++calls % 50 === 0 ? new Promise(() => undefined) : Promise.resolve(new Float64Array(rows))) };`,
  /** Tells what it spends where: 1 ms, 3 ms, and 20 ms for one request in twenty. */
  staged: `${spin} let calls = 0; let last = {};
    export default { features: 2, stages: () => last, predict(values, rows) {
      const lookup = ++calls % 20 === 0 ? 20 : 1; spin(lookup); spin(3); last = { lookup, score: 3 }; return new Float64Array(rows); } };`,
};

/** Writes a model's module and gives its config. */
export function planted(kind, folder) {
  const own = join(folder, kind);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'model.mjs'), models[kind]);
  return { folder: own, config: { kind: 'module', name: kind, module: './model.mjs', model: kind } };
}
