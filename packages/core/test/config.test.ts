import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findConfig, loadConfig } from '../src/config-file.ts';
import { parseConfig } from '../src/config-validation.ts';

const place = { path: 'preopen.config.json', dir: '/project' };
const parse = (input: unknown) => parseConfig(input, place);
const refusal = (input: unknown): string => {
  try {
    parse(input);
  } catch (cause) {
    return (cause as Error).message;
  }
  throw new Error('the config was accepted');
};

const minimal = {
  targets: {
    mine: {
      service: { url: 'http://127.0.0.1:8080', model: 'alpha' },
      pipeline: { command: ['python3', 'pipeline.py', '{input}', '{output}'] },
    },
  },
  requirements: [
    'latency.inference.p95 < 100 ms',
    'throughput.predictions > 1500 /s',
    'memory.pipeline.peakRss < 16 GB',
    'ic.mean > 0.05',
    'features.duration < 30 min',
  ],
  suites: { nightly: { extends: 'comprehensive', stocks: 2000, days: 504 } },
};

describe('parseConfig', () => {
  it('reads the minimal form', () => {
    const config = parse(minimal);
    expect(config.targets).toEqual([
      {
        name: 'mine',
        service: { kind: 'url', url: 'http://127.0.0.1:8080', model: 'alpha' },
        pipeline: { kind: 'command', command: ['python3', 'pipeline.py', '{input}', '{output}'] },
      },
    ]);
    expect(config.requirements).toHaveLength(5);
    expect(config.suites.nightly).toEqual({ extends: 'comprehensive', stocks: 2000, days: 504 });
  });

  it('reads a service that we start, and one that is a module', () => {
    const command = { command: ['python3', 'serve.py', '{port}'], readyUrl: 'http://127.0.0.1:{port}/ready' };
    const config = parse({ targets: { a: { service: command }, b: { service: { module: './model.js' } } } });
    expect(config.targets[0]?.service).toEqual({ kind: 'command', model: 'model', ...command });
    expect(config.targets[1]?.service).toEqual({ kind: 'module', model: 'model', module: './model.js' });
  });

  it('reads where a service has its model, and how it is told that there is another', () => {
    const modelFile = { path: '{workDir}/model.txt', reload: 'http://127.0.0.1:{port}/reload' };
    const config = parse({ targets: { a: { service: { module: './model.js', modelFile } } } });
    expect(config.targets[0]?.service).toEqual({ kind: 'module', model: 'model', module: './model.js', modelFile });
    const service = (given: object) => ({ service: { module: './model.js', modelFile: given } });
    const message = refusal({
      targets: { a: service({ path: 'model.txt', reload: 'SIGUSR1' }), b: service({ reload: 'SIGHUP' }) },
    });
    expect(message).toContain(
      'targets.a.service.modelFile.reload: expected "SIGHUP", or an http address that takes POST',
    );
    expect(message).toContain('targets.b.service.modelFile.path: expected a text, got nothing');
  });

  it('reads what a service asks itself, and refuses what no proxy could stand in front of', () => {
    const upstreams = { features: { env: 'FEATURE_STORE_URL', url: 'http://127.0.0.1:9000/v1' } };
    const config = parse({ targets: { a: { service: { module: './model.js', upstreams } } } });
    expect(config.targets[0]?.service).toEqual({ kind: 'module', model: 'model', module: './model.js', upstreams });
    const message = refusal({
      targets: {
        a: {
          service: {
            module: './model.js',
            upstreams: {
              b: { env: 'B URL', url: 'http://127.0.0.1:1' },
              c: { env: 'C', url: 'https://store.example' },
              d: { env: 'C', url: 'tcp://127.0.0.1' },
              e: { url: 'redis://127.0.0.1' },
            },
          },
        },
        f: { service: { url: 'http://127.0.0.1:1', upstreams } },
        g: {
          service: {
            command: ['x', '{port}'],
            readyUrl: 'http://127.0.0.1:{port}/',
            env: { FEATURE_STORE_URL: '' },
            upstreams,
          },
        },
      },
    });
    const at = 'targets.a.service.upstreams';
    expect(message).toContain(`${at}.b.env: expected the name of an environment variable`);
    expect(message).toContain(`${at}.c.url: expected an address without TLS`);
    expect(message).toContain(`${at}.d.env: C is the variable of another upstream already`);
    expect(message).toContain(`${at}.d.url: expected an address with host and port`);
    expect(message).toContain(`${at}.e.env: expected a text, got nothing`);
    expect(message).toContain('targets.f.service.upstreams: expected a service that is started here');
    expect(message).toContain('targets.g.service.env.FEATURE_STORE_URL: is set by upstreams.features already');
  });

  it('tells ten mistakes at once, each with its place', () => {
    const message = refusal({
      targets: {
        mine: {
          service: { url: 'ftp://example', modle: 'alpha', readyTimeoutMs: -1 },
          pipeline: { command: 'python3 pipeline.py' },
        },
        both: { service: { url: 'http://127.0.0.1:1', module: './m.js' } },
        none: {},
        'a b': { pipeline: { command: ['x', '{input}'] } },
      },
      requirements: ['latency.inference.p95 < 80 msec', 7],
      suites: { nightly: { stocks: 'all' } },
      target: 'mien',
    });
    expect(message).toContain('targets.mine.service.url: expected an http:// or https:// address, got "ftp://example"');
    expect(message).toContain('targets.mine.service.modle: unknown key');
    expect(message).toContain('Did you mean model?');
    expect(message).toContain('targets.mine.service.readyTimeoutMs: expected a whole number of at least 1, got -1');
    expect(message).toContain(
      'targets.mine.pipeline.command: expected a list of words such as ["python3", "serve.py"] (there is no shell',
    );
    expect(message).toContain('targets.both.service: expected exactly one of url, module, got url and module');
    expect(message).toContain('targets.none: expected a service, a pipeline or both, got {}');
    expect(message).toContain('targets.a b: a target’s name');
    expect(message).toContain('targets.a b.pipeline.command: expected {output} among its words');
    expect(message).toContain("requirements[0]: requirement can't be read");
    expect(message).toContain('requirements[1]: expected a requirement such as');
    expect(message).toContain('suites.nightly.stocks: expected a whole number of at least 2, got "all"');
    expect(message).toContain('target: expected one of mine, both, none, a b, got "mien". Did you mean mine?');
    expect(message).toMatch(/^12 mistakes in preopen\.config\.json/);
    expect(message).toContain('Nothing was started.');
  });

  it('is refused whole when it is not an object', () => {
    expect(refusal([])).toContain('config: expected an object, got []');
    expect(refusal(undefined)).toContain('config: expected an object, got nothing');
  });
});

describe('config files', () => {
  const root = mkdtempSync(join(tmpdir(), 'core-config-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const nested = join(root, 'a', 'b');
  mkdirSync(nested, { recursive: true });
  mkdirSync(join(root, '.git'));

  it('are found upwards from the working folder, no further than the repository', async () => {
    expect(await findConfig(nested)).toBeUndefined();
    writeFileSync(join(root, 'preopen.config.json'), '{}');
    expect(await findConfig(nested)).toBe(join(root, 'preopen.config.json'));
  });

  it('may hold comments and trailing commas, also beside texts that look like them', async () => {
    const path = join(root, 'commented.json');
    writeFileSync(
      path,
      `{ // the service
      "targets": { "mine": { "service": { "url": "http://127.0.0.1:8080/a,}//b" /* not a comment */, }, }, },
    }`,
    );
    expect((await loadConfig(path)).targets[0]?.service).toMatchObject({ url: 'http://127.0.0.1:8080/a,}//b' });
  });

  it('with a fault in their JSON are refused with line and column', async () => {
    const path = join(root, 'broken.json');
    writeFileSync(path, '{\n  "targets" {}\n}');
    await expect(loadConfig(path)).rejects.toThrow(/broken\.json:2:\d+: not JSON/);
  });

  it('may be JavaScript or TypeScript', async () => {
    writeFileSync(join(root, 'one.config.mjs'), 'export default { seed: 7 };');
    expect((await loadConfig(join(root, 'one.config.mjs'))).seed).toBe(7);
    writeFileSync(
      join(root, 'two.config.ts'),
      'const seed: number = 8;\nexport default { seed } satisfies { seed: number };',
    );
    expect((await loadConfig(join(root, 'two.config.ts'))).seed).toBe(8);
  });

  it('that do not exist or do not run are refused with their name', async () => {
    await expect(loadConfig(join(root, 'absent.json'))).rejects.toThrow('no config at');
    writeFileSync(join(root, 'throws.mjs'), 'throw new Error("no such model");');
    await expect(loadConfig(join(root, 'throws.mjs'))).rejects.toThrow(/throws\.mjs: cannot be loaded: no such model/);
  });
});
