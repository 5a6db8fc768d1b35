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
  /** One at a time, 2 ms each. */
  deterministic: `${spin} export default { features: 2, predict(values, rows) { spin(2); return new Float64Array(rows); } };`,
  /** One at a time, 2 ms on average, exponential; tells what it drew. */
  exponential: `${spin} ${uniform} ${tell('drawn.json', 'drawn')} const drawn = [];
    export default { features: 2, predict(values, rows) {
      const ms = -2 * Math.log(uniform()); drawn.push(ms); spin(ms); return new Float64Array(rows); } };`,
  /** Stands still for a second, every ten; tells when. */
  stalling: `${spin} ${nowMs} ${tell('stalls.json', 'stalls')} const stalls = [];
    setTimeout(function stall() { const from = nowMs(); spin(1000); stalls.push([from, nowMs()]); setTimeout(stall, 9000); }, 3000);
    export default { features: 2, predict: (values, rows) => new Float64Array(rows) };`,
  /** Never answers one request in fifty. */
  hanging: `let calls = 0; export default { features: 2,
    predict: (values, rows) => (++calls % 50 === 0 ? new Promise(() => undefined) : Promise.resolve(new Float64Array(rows))) };`,
  /** Has stages by the plan of its batch size, and tells what it measured of each. */
  staged: `${spin} import { planOf, plans, stageNames } from './stage-plans.mjs';
    const calls = plans.map(() => 0); let last = {};
    export default { features: 2, stages: () => last, predict(values, rows) {
      const stages = planOf(plans[rows - 1], ++calls[rows - 1]); last = {};
      for (const name of stageNames) { const from = performance.now(); spin(stages[name]); last[name] = performance.now() - from; }
      return new Float64Array(rows); } };`,
};

/** Writes a model's module and gives its config. */
export function planted(kind, folder) {
  const own = join(folder, kind);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'model.mjs'), models[kind]);
  copyFileSync(join(dirname(fileURLToPath(import.meta.url)), 'stage-plans.mjs'), join(own, 'stage-plans.mjs'));
  return { folder: own, config: { kind: 'module', name: kind, module: './model.mjs', model: kind } };
}
