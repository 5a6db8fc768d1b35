import type { PipelineInput, ServiceInput } from '@preopen/core';
import type { Folder } from './folder.ts';

/** Something in a folder that may be the target, and why it looks like it. */
export interface Guess<Input> {
  readonly why: string;
  readonly input: Input;
  /** What its user has to look at before it runs. */
  readonly check?: string;
}

/** What a folder seems to hold, the likeliest first. */
export interface Guesses {
  readonly services: readonly Guess<ServiceInput>[];
  readonly pipelines: readonly Guess<PipelineInput>[];
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;
const readyUrl = 'http://127.0.0.1:{port}/v2/health/ready';
const python = 'python3';
const isTest = (file: string): boolean => /(^|\/)(tests?\/|test_|conftest)|\.(test|spec)\./.test(file);
/** `app/main.py` as Python imports it. */
const moduleOf = (file: string): string => file.replace(/\.py$/, '').replaceAll('/', '.');

/** The model's name where a program spells it out: in the protocol's paths, or as a constant. */
const modelIn = (text: string): Pick<ServiceInput, 'model'> => {
  const constant = /^\s*(?:export\s+)?(?:const\s+)?(?:MODEL(?:_?NAME)?|NAME|modelName)\s*=\s*["']([\w.-]+)["']/m;
  const flag = /["']--model(?:-name)?["'][^\n]*default=["']([\w.-]+)["']/;
  const name = [/\/v2\/models\/([\w.-]+)/, constant, flag].map((form) => form.exec(text)?.[1]).find(isThere);
  return name === undefined ? {} : { model: name };
};

const sayModel = 'Correct `model` if the protocol’s paths name it differently.';
const ownApi = 'It does not spell out /v2/: an API of its own needs a `codec` and the `features` of a row.';
const checkOf = (text: string): string => (/\/v2\//.test(text) ? sayModel : ownApi);

function pythonService(file: string, text: string): Guess<ServiceInput> | undefined {
  const asgi = /^(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:\w+\.)?(FastAPI|Starlette|Quart)\(/m.exec(text);
  if (asgi) {
    const words = [python, '-m', 'uvicorn', `${moduleOf(file)}:${asgi[1]}`, '--host', '127.0.0.1', '--port', '{port}'];
    return {
      why: `${file} makes a ${asgi[2]} application`,
      input: { command: words, readyUrl, model: 'model', ...modelIn(text) },
      check: checkOf(text),
    };
  }
  const flask = /^(\w+)\s*=\s*(?:\w+\.)?Flask\(/m.exec(text);
  if (flask) {
    const words = [python, '-m', 'flask', '--app', `${moduleOf(file)}:${flask[1]}`, 'run', '--port', '{port}'];
    return {
      why: `${file} makes a Flask application`,
      input: { command: words, readyUrl, model: 'model', ...modelIn(text) },
      check: checkOf(text),
    };
  }
  if (/http\.server|socketserver|aiohttp\.web|from aiohttp|tornado/.test(text) && /--port/.test(text)) {
    return {
      why: `${file} is an HTTP server that takes --port`,
      input: { command: [python, file, '--port', '{port}'], readyUrl, model: 'model', ...modelIn(text) },
      check: checkOf(text),
    };
  }
  return undefined;
}

function nodeService(file: string, text: string): Guess<ServiceInput> | undefined {
  if (
    /\bpredict\s*[(:]/.test(text) &&
    /\bfeatures\b/.test(text) &&
    /export\s+default|export\s+const\s+model\b/.test(text)
  )
    return { why: `${file} exports a model with features and predict`, input: { module: `./${file}` } };
  if (!/createServer\(|fastify\(|express\(|new Hono\(/.test(text)) return undefined;
  const command = ['node', file];
  if (/process\.env\.PORT\b/.test(text))
    return {
      why: `${file} is an HTTP server that reads PORT`,
      input: { command, env: { PORT: '{port}' }, readyUrl, model: 'model', ...modelIn(text) },
      check: checkOf(text),
    };
  const port = /\.listen\(\s*(?:\{\s*port:\s*)?(\d{2,5})/.exec(text)?.[1];
  return port === undefined
    ? undefined
    : {
        why: `${file} is an HTTP server on port ${port}`,
        input: { command, readyUrl: readyUrl.replace('{port}', port), model: 'model', ...modelIn(text) },
        check: checkOf(text),
      };
}

function mlserver(folder: Folder): Guess<ServiceInput> | undefined {
  const file = folder.files.find((name) => name.endsWith('model-settings.json'));
  if (file === undefined) return undefined;
  let name = 'model';
  try {
    const settings = JSON.parse(folder.head(file)) as { name?: unknown };
    if (typeof settings.name === 'string') name = settings.name;
  } catch {
    // MLServer itself will say what is wrong with it.
  }
  return {
    why: `${file} is a model of MLServer`,
    input: {
      command: ['mlserver', 'start', '.'],
      env: { MLSERVER_HTTP_PORT: '{port}', MLSERVER_HOST: '127.0.0.1' },
      readyUrl,
      model: name,
    },
    check: 'MLServer also takes ports 8081 (gRPC) and 8082 (metrics).',
  };
}

/** A LightGBM model file begins with the word `tree` on a line of its own, then its version. */
const isLightgbm = (head: string): boolean => /^tree\r?\nversion=v\d/.test(head);

/** A module that Preopen hosts: it exports `run`, which is given its folders. */
const exportsRun = (file: string, text: string): boolean =>
  !file.endsWith('.py') &&
  /export\s+(?:(?:async\s+)?function|const)\s+run\b|export\s+default\s*\{[\s\S]*?\brun\b/.test(text) &&
  /\b(?:inputDir|outputDir)\b/.test(text);

function pipelineOf(file: string, text: string): Guess<PipelineInput> | undefined {
  if (exportsRun(file, text)) return { why: `${file} exports a pipeline’s run`, input: { module: `./${file}` } };
  const isPython = file.endsWith('.py');
  const takesFolders = isPython ? /sys\.argv|argparse|click|typer/.test(text) : /process\.argv|parseArgs/.test(text);
  const writesPredictions = /predictions\.(csv|parquet)/.test(text);
  const isNamed = /(^|\/)(pipeline|batch|run_pipeline|backtest)\.(py|mjs|js|ts)$/.test(file);
  if (!takesFolders || !(writesPredictions || isNamed)) return undefined;
  return {
    why: writesPredictions ? `${file} writes predictions` : `${file} is named like one`,
    input: { command: [isPython ? python : 'node', file, '{input}', '{output}'] },
    ...(writesPredictions
      ? {}
      : {
          check:
            'It must read the dataset folder {input} and write predictions.csv (date,stock,prediction) to {output}.',
        }),
  };
}

/** Looks at the files of a folder and says what of it may be a service or a pipeline. */
export function guessTargets(folder: Folder): Guesses {
  const code = folder.files.filter(
    (file) => /\.(py|mjs|js)$/.test(file) && !isTest(file) && !/preopen\.config\./.test(file),
  );
  const texts = code.map((file) => ({ file, text: folder.head(file) }));
  const services = texts.map(({ file, text }) => (file.endsWith('.py') ? pythonService : nodeService)(file, text));
  const models = folder.files.filter((file) => file.endsWith('.txt') && isLightgbm(folder.head(file)));
  const served = models.map(
    (file): Guess<ServiceInput> => ({
      why: `${file} is a LightGBM model, served by Preopen`,
      input: {
        command: ['npx', 'preopen', 'serve', '--model', file, '--name', 'model', '--port', '{port}'],
        readyUrl,
        model: 'model',
      },
    }),
  );
  return {
    services: [mlserver(folder), ...services, ...served].filter(isThere),
    pipelines: texts
      .map(({ file, text }) => pipelineOf(file, text))
      .filter(isThere)
      .sort((a, b) => Number(a.check !== undefined) - Number(b.check !== undefined)),
  };
}
