import { parseConfig, type ServiceInput } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configText } from '../src/init/config-text.ts';
import { guessTargets } from '../src/init/guesses.ts';
import { listeningPorts } from '../src/init/running-services.ts';

const guess = (files: Record<string, string>) =>
  guessTargets({ files: Object.keys(files), head: (file) => files[file] ?? '' });
const serviceOf = (files: Record<string, string>): ServiceInput | undefined => guess(files).services[0]?.input;

/** A config's text as the loader would read it. */
async function evaluate(text: string): Promise<unknown> {
  const loaded = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { default: unknown };
  return loaded.default;
}

describe('what a folder seems to hold', () => {
  it('starts a FastAPI application with uvicorn, by the name of its variable', () => {
    expect(serviceOf({ 'app/main.py': 'from fastapi import FastAPI\napi = FastAPI(title="x")\n' })).toMatchObject({
      command: ['python3', '-m', 'uvicorn', 'app.main:api', '--host', '127.0.0.1', '--port', '{port}'],
    });
  });
  it('says of an API of its own that it needs a codec', () => {
    const [own] = guess({ 'app.py': 'app = Flask(__name__)\n@app.route("/score")\n' }).services;
    expect(own?.check).toContain('codec');
  });
  it('finds the name of the model in paths, constants and flags', () => {
    const server = 'from http.server import HTTPServer\nparser.add_argument("--port")\n';
    expect(serviceOf({ 's.py': `${server}"/v2/models/alpha/infer"` })?.model).toBe('alpha');
    expect(serviceOf({ 's.py': `MODEL_NAME = "beta"\n${server}` })?.model).toBe('beta');
    expect(serviceOf({ 's.py': `${server}parser.add_argument("--model", default="gamma")` })?.model).toBe('gamma');
  });
  it('starts MLServer where there are its settings, on a port of our choosing', () => {
    expect(serviceOf({ 'model-settings.json': '{"name":"ranker"}' })).toMatchObject({
      command: ['mlserver', 'start', '.'],
      env: { MLSERVER_HTTP_PORT: '{port}' },
      model: 'ranker',
    });
  });
  it('serves a LightGBM model file itself, and takes no other text for one', () => {
    const files = { 'notes.txt': 'tree of life\n', 'model.txt': 'tree\nversion=v4\nnum_class=1\n' };
    expect(guess(files).services.map(({ why }) => why)).toEqual([expect.stringContaining('model.txt')]);
  });
  it('hosts a module that exports a model, and starts a Node server with PORT or on its own port', () => {
    expect(serviceOf({ 'model.mjs': 'export default { features: 8, predict(rows) {} }' })).toEqual({
      module: './model.mjs',
    });
    expect(serviceOf({ 'a.mjs': 'http.createServer(f).listen(process.env.PORT)' })).toMatchObject({
      env: { PORT: '{port}' },
    });
    expect(serviceOf({ 'a.js': 'http.createServer(f).listen(8123)' })?.readyUrl).toContain(':8123/');
  });
  it('hosts a module that exports a pipeline’s run, and no module that exports another one’s', () => {
    const pipelineOf = (text: string) => guess({ 'pipeline.mjs': text }).pipelines[0]?.input;
    expect(pipelineOf('export async function run({ inputDir, outputDir, stage }) {}')).toEqual({
      module: './pipeline.mjs',
    });
    expect(pipelineOf('export default { async run({ outputDir }) {} }')).toEqual({ module: './pipeline.mjs' });
    expect(pipelineOf('export function run(queue) {}')).toBeUndefined();
  });
  it('prefers a pipeline that writes predictions to one that is only named so, and leaves tests alone', () => {
    const { pipelines } = guess({
      'batch.py': 'import sys\nsys.argv[1]',
      'model/run.py': 'import argparse\nopen("predictions.csv")',
      'tests/test_pipeline.py': 'import sys\nsys.argv\n"predictions.csv"',
    });
    expect(pipelines.map(({ input }) => input.command?.[1])).toEqual(['model/run.py', 'batch.py']);
  });
  it('finds nothing in an empty folder', () => {
    expect(guess({})).toEqual({ services: [], pipelines: [] });
  });
});

describe('the config that is written', () => {
  it('is read as what was meant, whatever stands in file names', async () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), word, word, async (command, name, why) => {
        const input = { command, readyUrl: 'http://127.0.0.1:{port}/v2/health/ready', env: { [name]: why } };
        const guesses = { services: [{ why: 'it is', input }], pipelines: [{ why: 'so', input: { command } }] };
        const config = await evaluate(configText(name, guesses));
        expect(config).toEqual({ targets: { [name]: { service: input, pipeline: { command } } } });
      }),
      { numRuns: 60, examples: [[['!'], '__proto__', '!']] },
    );
  });
  it('cannot be broken out of by a reason: comments stay comments', async () => {
    const guesses = { services: [{ why: 'a\nb = 1; */', input: { module: './m.mjs' } }], pipelines: [] };
    expect(await evaluate(configText('mine', guesses))).toEqual({
      targets: { mine: { service: { module: './m.mjs' } } },
    });
  });
  it('is a valid config with no target where nothing was found', async () => {
    const config = await evaluate(configText('mine', { services: [], pipelines: [] }));
    expect(parseConfig(config, { path: undefined, dir: '/' }).targets).toEqual([]);
  });
});

describe('listening ports', () => {
  it('are those in state LISTEN, once each', () => {
    const table = `  sl  local_address rem_address   st
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
   1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000`;
    expect(listeningPorts(() => table)).toEqual([8080]);
  });
  it('are none where there is no /proc', () => {
    expect(
      listeningPorts(() => {
        throw new Error('no such file');
      }),
    ).toEqual([]);
  });
});
