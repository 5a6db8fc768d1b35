import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { serveModel } from './module-host.ts';
import type { ServedModel } from './served-model.ts';

// Entry of the process that hosts a user's model: `node module-host.js MODULE --model NAME [--port PORT]`.
// The module exports the model as `model` or as its default.

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string' }, port: { type: 'string' } },
});
const path = positionals[0] ?? '';
const exported: { model?: ServedModel; default?: ServedModel } = await import(pathToFileURL(path).href);
const model = await (exported.model ?? exported.default);
if (typeof model !== 'object' || model === null) {
  throw new TypeError(`${path} exports no model. Expected: export default { features, predict(values, rows) { … } }`);
}
const { predictStocks, stages, marks, facts } = model;
const named: ServedModel = {
  name: model.name ?? values.model ?? 'model',
  features: model.features,
  ...(model.datatype === undefined ? {} : { datatype: model.datatype }),
  predict: (...given) => model.predict(...given),
  ...(predictStocks && { predictStocks: (...given) => predictStocks.call(model, ...given) }),
  ...(stages && { stages: () => stages.call(model) }),
  ...(marks && { marks: () => marks.call(model) }),
  ...(facts && { facts: () => facts.call(model) }),
};
const server = await serveModel(named, { port: Number(values.port ?? 0) });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
process.stdout.write(`preopen: listening on ${server.url}\n`);
