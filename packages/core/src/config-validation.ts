import type { Config, ConfigInput, PipelineInput, ServiceInput, SuiteInput } from './config.ts';
import { InputError } from './input-error.ts';
import { shown } from './internal/shown.ts';
import type { Requirement } from './requirement.ts';
import { parseRequirement } from './requirement-parser.ts';
import { didYouMean } from './suggest.ts';
import type { PipelineConfig, ServiceConfig, ServiceModelFile, ServiceUpstream, TargetConfig } from './target.ts';

/** Collects mistakes, so that all of a config are told at once. */
type Mistakes = string[];

type Reader<T> = (value: unknown, path: string, mistakes: Mistakes) => T | undefined;

const wrong = (mistakes: Mistakes, path: string, expected: string, value: unknown): undefined => {
  mistakes.push(`${path}: expected ${expected}, got ${shown(value)}`);
  return undefined;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Reader<string> = (value, path, mistakes) =>
  typeof value === 'string' && value.trim() !== '' ? value : wrong(mistakes, path, 'a text that is not empty', value);

const httpUrl: Reader<string> = (value, path, mistakes) => {
  const expected = 'an http:// or https:// address';
  if (typeof value !== 'string') return wrong(mistakes, path, expected, value);
  // `{port}` becomes a number later; any stands for it here.
  let url: URL;
  try {
    url = new URL(value.replaceAll('{port}', '1'));
  } catch {
    return wrong(mistakes, path, expected, value);
  }
  return ['http:', 'https:'].includes(url.protocol) ? value : wrong(mistakes, path, expected, value);
};

const whole =
  (low: number, high = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (value, path, mistakes) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= low && value <= high
      ? value
      : wrong(mistakes, path, `a whole number of at least ${low}`, value);

const words: Reader<readonly string[]> = (value, path, mistakes) =>
  Array.isArray(value) && value.every((word) => typeof word === 'string' && word !== '')
    ? (value as string[])
    : wrong(mistakes, path, 'a list of texts', value);

const command: Reader<readonly [string, ...string[]]> = (value, path, mistakes) => {
  const example = 'a list of words such as ["python3", "serve.py"]';
  if (typeof value === 'string') {
    return wrong(mistakes, path, `${example} (there is no shell that would split it)`, value);
  }
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string' && word !== '')
    ? (value as unknown as readonly [string, ...string[]])
    : wrong(mistakes, path, example, value);
};

const environment: Reader<Readonly<Record<string, string>>> = (value, path, mistakes) =>
  isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string')
    ? (value as Record<string, string>)
    : wrong(mistakes, path, 'an object of texts', value);

/** Reads an object by its known keys; an unknown key is a mistake, with a suggestion. */
function fields<Shape>(
  value: unknown,
  path: string,
  mistakes: Mistakes,
  readers: { readonly [Key in keyof Shape]-?: Reader<NonNullable<Shape[Key]>> },
): { [Key in keyof Shape]?: Shape[Key] } | undefined {
  if (!isRecord(value)) return wrong(mistakes, path || 'config', 'an object', value);
  const known = Object.keys(readers);
  const result: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const reader = (readers as Record<string, Reader<unknown>>)[key];
    if (!Object.hasOwn(readers, key) || !reader) {
      mistakes.push(
        `${at}: unknown key; known here are ${known.filter((name) => name !== '$schema').join(', ')}.${didYouMean(key, known)}`,
      );
      continue;
    }
    if (entry === undefined) continue;
    const read = reader(entry, at, mistakes);
    if (read !== undefined) result[key] = read;
  }
  return result as { [Key in keyof Shape]?: Shape[Key] };
}

/** Which of the ways to reach a target is given; a mistake unless it is exactly one. */
function onlyOne<Key extends string>(
  value: unknown,
  keys: readonly Key[],
  path: string,
  mistakes: Mistakes,
): Key | undefined {
  const given = keys.filter((key) => isRecord(value) && value[key] !== undefined);
  if (given.length === 1) return given[0];
  mistakes.push(
    `${path}: expected exactly one of ${keys.join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`,
  );
  return undefined;
}

const codec: Reader<NonNullable<ServiceInput['codec']>> = (value, path, mistakes) =>
  isRecord(value) && typeof value.encode === 'function' && typeof value.decode === 'function'
    ? (value as unknown as NonNullable<ServiceInput['codec']>)
    : wrong(mistakes, path, 'an object with the functions encode and decode', value);

const variable: Reader<string> = (value, path, mistakes) =>
  typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value)
    ? value
    : wrong(mistakes, path, 'the name of an environment variable such as "FEATURE_STORE_URL"', value);

/** Ports of the schemes that people leave them out of. */
const portsKnown: readonly string[] = ['http:', 'redis:', 'postgres:', 'postgresql:'];

const upstreamUrl: Reader<string> = (value, path, mistakes) => {
  const expected = 'an address with host and port such as "http://127.0.0.1:9000"';
  if (typeof value !== 'string' || !URL.canParse(value)) return wrong(mistakes, path, expected, value);
  const { hostname, port, protocol } = new URL(value);
  if (['https:', 'rediss:'].includes(protocol)) {
    return wrong(
      mistakes,
      path,
      'an address without TLS: the service would reach 127.0.0.1, for which no certificate holds',
      value,
    );
  }
  return hostname !== '' && (port !== '' || portsKnown.includes(protocol))
    ? value
    : wrong(mistakes, path, expected, value);
};

const upstreams: Reader<Readonly<Record<string, ServiceUpstream>>> = (value, path, mistakes) => {
  if (!isRecord(value)) return wrong(mistakes, path, 'an object of upstreams by name', value);
  const variables = new Set<string>();
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => {
      const at = `${path}.${name}`;
      if (!/^[A-Za-z][\w-]*$/.test(name))
        mistakes.push(`${at}: an upstream’s name may hold letters, digits, dashes and underscores only`);
      const read = fields<ServiceUpstream>(entry, at, mistakes, { env: variable, url: upstreamUrl });
      if (!read) return [];
      for (const key of ['env', 'url'] as const) {
        if (isRecord(entry) && entry[key] === undefined) mistakes.push(`${at}.${key}: expected a text, got nothing`);
      }
      if (read.env !== undefined && variables.has(read.env))
        mistakes.push(`${at}.env: ${read.env} is the variable of another upstream already`);
      if (read.env !== undefined) variables.add(read.env);
      return [[name, read as ServiceUpstream]];
    }),
  );
};

const reload: Reader<string> = (value, path, mistakes) => {
  if (value === 'SIGHUP') return value;
  const filled = typeof value === 'string' ? value.replaceAll('{port}', '1') : '';
  return URL.canParse(filled) && new URL(filled).protocol === 'http:'
    ? (value as string)
    : wrong(mistakes, path, '"SIGHUP", or an http address that takes POST', value);
};

const modelFile: Reader<ServiceModelFile> = (value, path, mistakes) => {
  const read = fields<ServiceModelFile>(value, path, mistakes, { path: text, reload });
  if (!read) return undefined;
  for (const key of ['path', 'reload'] as const) {
    if (isRecord(value) && value[key] === undefined) mistakes.push(`${path}.${key}: expected a text, got nothing`);
  }
  return read as ServiceModelFile;
};

const service: Reader<ServiceConfig> = (value, path, mistakes) => {
  const read = fields<ServiceInput>(value, path, mistakes, {
    url: httpUrl,
    command,
    module: text,
    readyUrl: httpUrl,
    model: text,
    codec,
    samples: text,
    features: whole(1, 100_000),
    cwd: text,
    env: environment,
    readyTimeoutMs: whole(1),
    graceMs: whole(0),
    upstreams,
    modelFile,
  });
  if (!read) return undefined;
  for (const [name, { env: set }] of Object.entries(read.upstreams ?? {})) {
    if (read.env && Object.hasOwn(read.env, set))
      mistakes.push(`${path}.env.${set}: is set by upstreams.${name} already; leave one of them out`);
  }
  const isCommand = isRecord(value) && value.command !== undefined;
  const way = onlyOne(
    value,
    isCommand ? (['command', 'module'] as const) : (['url', 'module'] as const),
    path,
    mistakes,
  );
  const { url, command: words, module, readyUrl, cwd, env, model = 'model', ...common } = read;
  if (way === 'url' && read.upstreams !== undefined) {
    mistakes.push(
      `${path}.upstreams: expected a service that is started here (command or module), since it learns their addresses from its environment`,
    );
  }
  if (way === 'url') return url === undefined ? undefined : ({ kind: 'url', url, model, ...common } as ServiceConfig);
  if (way === 'module')
    return module === undefined ? undefined : ({ kind: 'module', module, model, ...common } as ServiceConfig);
  if (way === undefined || words === undefined) return undefined;
  const ready = readyUrl ?? (url === undefined ? undefined : `${url.replace(/\/+$/, '')}/v2/health/ready`);
  if (ready === undefined) {
    mistakes.push(`${path}.readyUrl: expected the address that answers once the service is ready, got nothing`);
    return undefined;
  }
  return {
    kind: 'command',
    command: words,
    readyUrl: ready,
    model,
    ...(url === undefined ? {} : { url }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...common,
  } as ServiceConfig;
};

const pipeline: Reader<PipelineConfig> = (value, path, mistakes) => {
  const read = fields<PipelineInput>(value, path, mistakes, { command, module: text, cwd: text, env: environment });
  if (!read) return undefined;
  const way = onlyOne(value, ['command', 'module'] as const, path, mistakes);
  if (way === 'module') return read.module === undefined ? undefined : { kind: 'module', module: read.module };
  if (way === undefined || read.command === undefined) return undefined;
  for (const placeholder of ['{input}', '{output}']) {
    if (!read.command.some((word) => word.includes(placeholder))) {
      mistakes.push(`${path}.command: expected ${placeholder} among its words, got ${shown(read.command)}`);
    }
  }
  return {
    kind: 'command',
    command: read.command as readonly [string, ...string[]],
    ...(read.cwd === undefined ? {} : { cwd: read.cwd }),
    ...(read.env === undefined ? {} : { env: read.env }),
  };
};

const targets: Reader<readonly TargetConfig[]> = (value, path, mistakes) => {
  if (!isRecord(value)) return wrong(mistakes, path, 'an object of targets by name', value);
  return Object.entries(value).flatMap(([name, entry]) => {
    const at = `${path}.${name}`;
    if (!/^[\w.-]+$/.test(name))
      mistakes.push(`${at}: a target’s name may hold letters, digits, dots, dashes and underscores only`);
    const read = fields<{ service?: ServiceConfig; pipeline?: PipelineConfig }>(entry, at, mistakes, {
      service,
      pipeline,
    });
    if (!read) return [];
    if (isRecord(entry) && entry.service === undefined && entry.pipeline === undefined) {
      mistakes.push(`${at}: expected a service, a pipeline or both, got ${shown(entry)}`);
    }
    return [{ name, ...read } as TargetConfig];
  });
};

const requirements: Reader<readonly Requirement[]> = (value, path, mistakes) => {
  if (!Array.isArray(value))
    return wrong(mistakes, path, 'a list of requirements such as "latency.inference.p95 < 100 ms"', value);
  const seen = new Set<string>();
  return value.flatMap((entry, i) => {
    const at = `${path}[${i}]`;
    if (typeof entry !== 'string') {
      wrong(mistakes, at, 'a requirement such as "latency.inference.p95 < 100 ms"', entry);
      return [];
    }
    try {
      const parsed = parseRequirement(entry, { source: at });
      // Two limits on one metric are two requirements: the second is told apart by its place.
      const id = seen.has(parsed.metric) ? `${parsed.metric}#${i + 1}` : parsed.metric;
      seen.add(parsed.metric);
      return [{ ...parsed, id }];
    } catch (cause) {
      mistakes.push(`${at}: ${(cause as Error).message.split('\n').join('\n    ')}`);
      return [];
    }
  });
};

const expressions: Reader<readonly string[]> = (value, path, mistakes) =>
  requirements(value, path, mistakes) === undefined ? undefined : (value as string[]);

const suites: Reader<Config['suites']> = (value, path, mistakes) => {
  if (!isRecord(value)) return wrong(mistakes, path, 'an object of suites by name', value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => {
      const at = `${path}.${name}`;
      const before = mistakes.length;
      const read = fields<SuiteInput>(entry, at, mistakes, {
        extends: text,
        stocks: whole(2, 100_000),
        days: whole(10, 100_000),
        users: whole(1, 100_000),
        only: words,
        skip: words,
        requirements: expressions,
      });
      if (!read || mistakes.length > before) return [];
      const parsed = read.requirements ? requirements(read.requirements, `${at}.requirements`, []) : undefined;
      return [[name, { ...read, ...(parsed ? { parsedRequirements: parsed } : {}) }]];
    }),
  );
};

/**
 * Turns what users write into the long form that the runner works with.
 * @param place file (for messages) and folder (where relative paths start)
 * @throws InputError (E110) with every mistake at once, each with its path inside the config
 */
export function parseConfig(input: unknown, place: { path: string | undefined; dir: string }): Config {
  const mistakes: Mistakes = [];
  const ignored: Reader<string> = (value) => (typeof value === 'string' ? value : undefined);
  const read = fields<
    Omit<ConfigInput, 'targets' | 'requirements' | 'suites'> & Pick<Config, 'targets' | 'requirements' | 'suites'>
  >(input, '', mistakes, {
    $schema: ignored,
    targets,
    requirements,
    suites,
    target: text,
    data: text,
    seed: whole(0),
    outputDir: text,
    reporters: words,
  });
  const names = isRecord(input) && isRecord(input.targets) ? Object.keys(input.targets) : [];
  if (read?.target !== undefined && !names.includes(read.target)) {
    mistakes.push(
      `target: expected one of ${names.join(', ') || 'the names under targets'}, got ${shown(read.target)}.${didYouMean(read.target, names)}`,
    );
  }
  if (mistakes.length > 0) {
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
    const list = mistakes.map((mistake) => `  ${mistake}`).join('\n');
    throw new InputError(`${count} in ${place.path ?? 'the config'}\n${list}\nNothing was started.`, {
      code: 'E110',
      ...(place.path ? { at: place.path } : {}),
    });
  }
  return {
    path: place.path,
    dir: place.dir,
    targets: read?.targets ?? [],
    requirements: read?.requirements,
    suites: read?.suites ?? {},
    target: read?.target,
    data: read?.data,
    seed: read?.seed,
    outputDir: read?.outputDir,
    reporters: read?.reporters,
  };
}
