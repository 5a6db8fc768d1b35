import { pathToFileURL } from 'node:url';
import { type PipelineModule, stageAnnouncer } from './pipeline-module.ts';

// Entry of the process that hosts a user's pipeline module: `node pipeline-host.js MODULE INPUT OUTPUT`.

const [path = '', inputDir = '', outputDir = ''] = process.argv.slice(2);
const exported: Partial<PipelineModule> & { default?: Partial<PipelineModule> } = await import(
  pathToFileURL(path).href
);
const run = exported.run ?? exported.default?.run?.bind(exported.default);
if (typeof run !== 'function') {
  throw new TypeError(
    `${path} exports no pipeline. Expected: export async function run({ inputDir, outputDir, stage, signal }) { … }`,
  );
}
const controller = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => controller.abort(new Error(`ended by ${signal}`)));
}
await run({
  inputDir,
  outputDir,
  signal: controller.signal,
  stage: stageAnnouncer((line) => process.stdout.write(`${line}\n`)),
});
