import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isAbsolute, join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { distEntry } from '../dist-entry.ts';
import type { InferenceBatch, InferenceCodec, ModelMetadata } from '../inference.ts';
import { InputError } from '../input-error.ts';
import { openInferenceCodec } from '../open-inference-protocol.ts';
import type { EnvironmentChange, RunningService, ServiceConfig, ServiceModelFile, TargetProcess } from '../target.ts';
import { type StartedProcess, startProcess } from './child-process.ts';
import { freePort, isListening } from './free-port.ts';
import { exchange, joinPath } from './http-exchange.ts';
import { type Answer, get } from './http-get.ts';
import { type MetadataAnswer, readModelMetadata, speaksBinaryTensors } from './model-metadata.ts';
import { waitUntilReady } from './readiness.ts';
import { normalBatch, readSamples, type Samples, sampledBatch } from './samples.ts';
import { substitute, substituteCommand } from './substitute.ts';
import { explain, TargetError } from './target-error.ts';

const DEFAULT_READY_TIMEOUT_MS = 60_000;
const DEFAULT_GRACE_MS = 5000;
const METADATA_TIMEOUT_MS = 5000;

/**
 * An idle connection is closed by us before a server with a usual keep-alive time does it just as we send: its
 * reset would look like a failure of the target.
 */
const IDLE_CONNECTION_MS = 1500;

/** What a service is started with. */
export interface StartOptions {
  readonly clock: Clock;
  /** Cuts off the start; a service that is up is ended by `stop()`. */
  readonly signal: AbortSignal;
  /** Folder for logs. */
  readonly workDir: string;
  /** Folder that relative paths of the config start from. */
  readonly configDir: string;
}

/**
 * Starts a service, or reaches for one that is running, and waits until it is ready.
 * @throws TargetError if it cannot be started, never gets ready, or does not say how many features it takes
 * @throws InputError if the samples file cannot be used
 */
export async function startService(
  config: ServiceConfig & { readonly name: string },
  options: StartOptions,
): Promise<RunningService> {
  const samples = config.samples === undefined ? undefined : readSamples(resolve(options.configDir, config.samples));
  return launch({ config, options, samples, port: await portFor(config) });
}

/** One start of a service; a restart is another one with the same port. */
interface Launch {
  readonly config: ServiceConfig & { readonly name: string };
  readonly options: StartOptions;
  readonly samples: Samples | undefined;
  /** The port we chose; `undefined` where the config or the system chooses. */
  readonly port: number | undefined;
  /** Of a restart: what to add to the environment. */
  readonly environment?: EnvironmentChange | undefined;
}

async function launch(job: Launch): Promise<RunningService> {
  const { config, options } = job;
  const { clock, signal } = options;
  signal.throwIfAborted();
  const place = placeOf(job);
  if (place.fixedUrl !== undefined && config.kind === 'command' && (await isListening(place.fixedUrl))) {
    throw addressTaken(config.name, place.fixedUrl);
  }
  const startedMs = clock.nowMs();
  const started = place.command === undefined ? undefined : await start(job, place);
  try {
    let announced: URL | undefined;
    const baseUrl = (): URL | undefined => {
      announced ??= place.baseUrl ?? announcedUrl(started);
      return announced;
    };
    await waitUntilReady({
      name: config.name,
      askUrl: () => place.readyUrl ?? below(baseUrl(), '/v2/health/ready'),
      isReady: (answer) => isReady(answer, config),
      process: started,
      command: place.command,
      folder: place.cwd,
      startedMs,
      timeoutMs: config.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS,
      clock,
      signal,
    });
    const startMs = started === undefined ? undefined : clock.nowMs() - startedMs;
    const url = baseUrl()!;
    const { metadata, codec } = await describe(job, url);
    return running({ job, url, metadata, codec, started, startMs });
  } catch (error) {
    await started?.stop(signal.aborted ? 0 : undefined);
    throw error;
  }
}

/** Where a service runs and where it is asked, with the port put in. */
interface Place {
  readonly command: readonly [string, ...string[]] | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** `undefined` as long as a hosted module has not said where it listens. */
  readonly baseUrl: URL | undefined;
  readonly readyUrl: URL | undefined;
  /** The address, if the config fixes it. */
  readonly fixedUrl: URL | undefined;
}

/** What the service learns of its upstreams. */
const upstreamAddresses = ({ upstreams = {} }: ServiceConfig): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.values(upstreams).map(({ env, url }) => [env, url]));

/** What stands for `{…}` in a config. */
const valuesOf = ({ options, port }: Launch): Record<string, string> => ({
  workDir: resolve(options.workDir),
  ...(port === undefined ? {} : { port: String(port) }),
});

/** The file of the model with the places put in. */
function modelFileOf(job: Launch): ServiceModelFile | undefined {
  const { modelFile } = job.config;
  if (!modelFile) return undefined;
  const values = valuesOf(job);
  return {
    path: resolve(job.options.configDir, substitute(modelFile.path, values)),
    reload: substitute(modelFile.reload, values),
  };
}

function placeOf(job: Launch): Place {
  const { config, options, port } = job;
  const at = { cwd: options.configDir, env: upstreamAddresses(config), readyUrl: undefined, fixedUrl: undefined };
  if (config.kind === 'url') return { ...at, command: undefined, baseUrl: parseUrl(config.url, 'url') };
  if (config.kind === 'module') {
    const module = resolve(options.configDir, config.module);
    const portArguments = port === undefined ? [] : ['--port', String(port)];
    const command = [process.execPath, distEntry('module-host'), module, '--model', config.model, ...portArguments];
    return {
      ...at,
      command: command as [string, ...string[]],
      baseUrl: port === undefined ? undefined : new URL(`http://127.0.0.1:${port}`),
    };
  }
  const values = valuesOf(job);
  const readyUrl = parseUrl(substitute(config.readyUrl, values), 'readyUrl');
  return {
    command: substituteCommand(config.command, values),
    cwd: config.cwd === undefined || !isAbsolute(config.cwd) ? join(options.configDir, config.cwd ?? '') : config.cwd,
    env: {
      ...Object.fromEntries(Object.entries(config.env ?? {}).map(([name, value]) => [name, substitute(value, values)])),
      ...upstreamAddresses(config),
    },
    baseUrl: config.url === undefined ? new URL(readyUrl.origin) : parseUrl(substitute(config.url, values), 'url'),
    readyUrl,
    fixedUrl: config.readyUrl.includes('{port}') ? undefined : readyUrl,
  };
}

async function portFor(config: ServiceConfig): Promise<number | undefined> {
  if (config.kind !== 'command') return undefined;
  const texts = [...config.command, config.url ?? '', config.readyUrl, ...Object.values(config.env ?? {})];
  return texts.some((text) => text.includes('{port}')) ? freePort() : undefined;
}

function start({ config, options, environment }: Launch, place: Place): Promise<StartedProcess> {
  const added = environment?.({ ...process.env, ...place.env });
  return startProcess({
    name: config.name,
    command: place.command!,
    cwd: place.cwd,
    env: { ...place.env, ...added },
    logDir: options.workDir,
    logName: `${config.name}-service`,
    clock: options.clock,
    graceMs: config.graceMs ?? DEFAULT_GRACE_MS,
  });
}

/** The line with which a module host says where it listens. */
function announcedUrl(started: TargetProcess | undefined): URL | undefined {
  for (const line of started?.lastWords(1000) ?? []) {
    const address = /^preopen: listening on (http:\S+)$/.exec(line)?.[1];
    if (address !== undefined) return new URL(address);
  }
  return undefined;
}

function isReady(answer: Answer, config: ServiceConfig): boolean {
  if (answer.kind === 'none') return false;
  // Such a service need not have the protocol's health path: that it answers is all that can be asked of it.
  const isDescribed = config.codec !== undefined || config.features !== undefined || config.samples !== undefined;
  if (answer.kind === 'other-protocol') return config.kind === 'url' && isDescribed;
  if (answer.status >= 200 && answer.status < 300) return true;
  return config.kind === 'url' && isDescribed && answer.status < 500;
}

async function describe(
  { config, options, samples }: Launch,
  url: URL,
): Promise<{ metadata: ModelMetadata; codec: InferenceCodec }> {
  const ask = (path: string): Promise<Answer> =>
    get(below(url, path), { timeoutMs: METADATA_TIMEOUT_MS, signal: options.signal });
  const said: MetadataAnswer =
    config.codec === undefined
      ? readModelMetadata(await ask(`/v2/models/${encodeURIComponent(config.model)}`), config.model)
      : { kind: 'unknown', reason: 'it has a codec of its own' };
  options.signal.throwIfAborted();
  const given = config.features ?? samples?.features;
  const stated = said.kind === 'known' ? said.metadata.features : undefined;
  const features = stated ?? given;
  if (features === undefined) throw featuresUnknown(config, url, said);
  for (const [what, count] of [
    ['samples', samples?.features],
    ['features', config.features],
  ] as const) {
    if (count !== undefined && count !== features) {
      const source = stated === undefined ? '`features`' : `the service`;
      throw new InputError(
        `target “${config.name}”: \`${what}\` has ${count} features per row, ${source} says ${features}.`,
      );
    }
  }
  const metadata: ModelMetadata =
    said.kind === 'known'
      ? { ...said.metadata, features }
      : { name: config.model, features, inputName: 'input', datatype: 'FP32' };
  const codec =
    config.codec ??
    openInferenceCodec({
      binary: speaksBinaryTensors(await ask('/v2')),
      inputName: metadata.inputName,
      datatype: metadata.datatype,
    });
  return { metadata, codec };
}

function running(up: {
  readonly job: Launch;
  readonly url: URL;
  readonly metadata: ModelMetadata;
  readonly codec: InferenceCodec;
  readonly started: StartedProcess | undefined;
  readonly startMs: number | undefined;
}): RunningService {
  const { job, url, metadata, codec, started } = up;
  const { config, options, samples } = job;
  const modelFile = modelFileOf(job);
  const Agent = url.protocol === 'https:' ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, noDelay: true, timeout: IDLE_CONNECTION_MS });
  // Who stops a service stops what it was restarted as, too, also while that is still starting.
  let successor: Promise<RunningService> | undefined;
  const stop = async (): Promise<void> => {
    agent.destroy();
    await started?.stop();
    await (await successor?.catch(() => undefined))?.stop();
  };
  const service: RunningService = {
    name: config.name,
    url,
    model: config.model,
    codec,
    metadata,
    startMs: up.startMs,
    ...(config.upstreams === undefined ? {} : { upstreams: config.upstreams }),
    ...(modelFile === undefined ? {} : { modelFile }),
    batch: (rows, seed): InferenceBatch =>
      samples === undefined ? normalBatch(rows, metadata.features!, seed) : sampledBatch(samples, rows, seed),
    send: (request, sendOptions) => exchange({ url, agent, codec, clock: options.clock }, request, sendOptions),
    stop,
  };
  if (started === undefined) return service;
  const hasOwnAddress = config.kind === 'module' || job.port !== undefined;
  return {
    ...service,
    process: started,
    ...(hasOwnAddress && { startBeside: (signal: AbortSignal) => beside(job, signal) }),
    restart: async (signal, environment) => {
      await stop();
      const port = Number(url.port);
      const again = { ...job, options: { ...options, signal }, environment };
      successor = launch(config.kind === 'module' ? { ...again, port } : again);
      return successor;
    },
  };
}

/** Another instance of the same, as it was first started. */
async function beside({ config, options, samples }: Launch, signal: AbortSignal): Promise<RunningService> {
  const name = `${config.name}-beside`;
  return launch({ config: { ...config, name }, options: { ...options, signal }, samples, port: await portFor(config) });
}

function below(base: URL, path: string): URL;
function below(base: URL | undefined, path: string): URL | undefined;
function below(base: URL | undefined, path: string): URL | undefined {
  return base === undefined ? undefined : new URL(joinPath(base, path), base);
}

function parseUrl(text: string, field: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new InputError(`service.${field}: expected an http:// or https:// address, got “${text}”`, { at: field });
}

function addressTaken(name: string, url: URL): TargetError {
  const headline = `target “${name}” was not started: something is listening at ${url.host} already`;
  return new TargetError(
    'E404',
    name,
    explain(headline, [
      ['why', 'its answers would be taken for those of the target'],
      [
        'try',
        'end that process, or use {port} in `command` and `readyUrl` for a free port; `url` alone tests what runs there',
      ],
    ]),
  );
}

function featuresUnknown(
  config: ServiceConfig & { readonly name: string },
  url: URL,
  said: MetadataAnswer,
): TargetError {
  const path = `/v2/models/${encodeURIComponent(config.model)}`;
  const reason = said.kind === 'unknown' ? said.reason : 'the shape of its input leaves the features open';
  return new TargetError(
    'E403',
    config.name,
    explain(`target “${config.name}” does not say how many features a row has`, [
      ['asked', `GET ${below(url, path)}: ${reason}`],
      ['try', 'give `features` or a CSV of feature rows as `samples` in the config, or check the name in `model`'],
    ]),
  );
}
