import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EncodedRequest, InferenceCodec } from '../../src/inference.ts';
import type { RunningService, ServiceConfig } from '../../src/target.ts';
import { freePort } from '../../src/targets/free-port.ts';
import { type StartOptions, startService } from '../../src/targets/service.ts';
import { TargetError } from '../../src/targets/target-error.ts';
import { aWorkDir, isRunning, startOptions, supportDir } from './support/processes.ts';

const running: RunningService[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const start = async (config: ServiceConfig, options: Partial<StartOptions> = {}): Promise<RunningService> => {
  const service = await startService({ ...config, name: 'mine' }, startOptions(options));
  running.push(service);
  return service;
};

const command = (mode: string, changes: Partial<ServiceConfig> = {}): ServiceConfig =>
  ({
    kind: 'command',
    command: [process.execPath, 'misbehaving-server.mjs', '{port}', mode],
    readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
    model: 'm',
    ...changes,
  }) as ServiceConfig;

const encoded = (service: RunningService, rows = 4): EncodedRequest =>
  service.codec.encode(service.batch(rows, 1), service.model);

const failure = async (promise: Promise<unknown>): Promise<TargetError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TargetError);
  return error as TargetError;
};

describe('a service that we start', () => {
  it('gets a free port, says what it takes, scores, and is gone after stop', async () => {
    const service = await start(command('healthy'));
    expect(service.metadata).toEqual({ name: 'm', features: 3, inputName: 'x', datatype: 'FP32' });
    expect(service.url.hostname).toBe('127.0.0.1');
    expect(service.startMs).toBeGreaterThan(0);
    const exchange = await service.send(encoded(service));
    expect(exchange).toMatchObject({ outcome: 'ok', status: 200, predictions: Float64Array.of(0.5, 0.5, 0.5, 0.5) });
    expect(exchange.problem).toBeUndefined();
    expect(exchange.sentMs).toBeLessThanOrEqual(exchange.firstByteMs);
    expect(exchange.firstByteMs).toBeLessThanOrEqual(exchange.doneMs);
    const pid = service.process!.pid;
    await service.stop();
    expect(isRunning(pid)).toBe(false);
    expect(await service.send(encoded(service))).toMatchObject({ outcome: 'connect', status: 0 });
  });

  it('is told its port by the environment where the config says so', async () => {
    const program = [
      "import('node:process').then(({ default: p }) => {",
      "  p.argv.splice(1, p.argv.length, p.execPath, p.env.MY_PORT, 'healthy');",
      "  return import('./misbehaving-server.mjs'); });",
    ].join('');
    const service = await start({
      ...command('healthy'),
      command: [process.execPath, '-e', program],
      env: { MY_PORT: '{port}' },
    } as ServiceConfig);
    expect((await service.send(encoded(service))).outcome).toBe('ok');
  });
  it('is asked over one connection again and again', async () => {
    const ports = new Set<number | undefined>();
    const server = createServer((request, response) => {
      request.resume();
      ports.add(request.socket.remotePort);
      response.end('{"outputs":[{"name":"y","shape":[1],"datatype":"FP64","data":[1]}]}');
    });
    const url = await listening(server);
    const service = await start({ kind: 'url', url, model: 'm', features: 2 });
    ports.clear();
    for (let i = 0; i < 5; i++) expect(await service.send(encoded(service, 1))).toMatchObject({ outcome: 'ok' });
    expect(ports.size).toBe(1);
  });

  it('starts again on the same address after it was killed', async () => {
    const service = await start(command('healthy'));
    service.process!.kill('SIGKILL');
    expect(await service.process!.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
    const again = await service.restart!(new AbortController().signal);
    running.push(again);
    expect(again.url.href).toBe(service.url.href);
    expect(again.process!.pid).not.toBe(service.process!.pid);
    expect(await again.send(encoded(again))).toMatchObject({ outcome: 'ok' });
  });

  it('has a second instance beside it, which lives and ends on its own', async () => {
    const service = await start(command('healthy'));
    const beside = await service.startBeside!(new AbortController().signal);
    running.push(beside);
    expect(beside.url.href).not.toBe(service.url.href);
    expect(beside.process!.logPath).not.toBe(service.process!.logPath);
    expect(service.process!.pids()).not.toContain(beside.process!.pid);
    service.process!.kill('SIGKILL');
    await service.process!.exited;
    expect(await beside.send(encoded(beside))).toMatchObject({ outcome: 'ok' });
    await beside.stop();
    expect(beside.process!.exit()).toBeDefined();
  });
});

describe('each way to fail is told apart', () => {
  it.each([
    ['too-few', 'wrong-shape', '3 predictions for 4 rows'],
    ['non-finite', 'non-finite', '1 of 4 predictions are not finite, the first in row 0'],
    ['nulls', 'non-finite', '4 of 4 predictions are not finite'],
    ['rubbish', 'protocol', 'not JSON: "<html>It works!</html>"'],
    ['not-http', 'protocol', 'not HTTP'],
    ['error-500', 'status', 'HTTP 500: {"error":"model exploded"}'],
    ['break-in-body', 'connect', 'connection'],
    ['flood', 'protocol', 'the answer is longer than'],
    ['die-in-request', 'connect', 'connection'],
  ])('%s is %s', async (mode, outcome, problem) => {
    const service = await start(command(mode));
    const exchange = await service.send(encoded(service));
    expect(exchange.outcome).toBe(outcome);
    expect(exchange.problem).toContain(problem);
    expect(exchange.doneMs).toBeGreaterThanOrEqual(exchange.sentMs);
  });

  it.each(['hang', 'hang-in-body'])('%s is timeout, after just that time', async (mode) => {
    const service = await start(command(mode));
    const exchange = await service.send(encoded(service), { timeoutMs: 200 });
    expect(exchange).toMatchObject({ outcome: 'timeout', problem: 'no whole answer within 200 ms' });
    expect(exchange.doneMs - exchange.sentMs).toBeGreaterThanOrEqual(199);
    expect(Number.isNaN(exchange.firstByteMs)).toBe(mode === 'hang');
  });

  it('what we cut off is aborted, before it was sent and while it was under way', async () => {
    const service = await start(command('hang'));
    const controller = new AbortController();
    const pending = service.send(encoded(service), { signal: controller.signal });
    controller.abort();
    expect(await pending).toMatchObject({ outcome: 'aborted', status: 0 });
    expect(await service.send(encoded(service), { signal: controller.signal })).toMatchObject({ outcome: 'aborted' });
  });

  it('what a codec asks for that HTTP cannot say does not reject either', async () => {
    const service = await start(command('healthy'));
    const exchange = await service.send({ ...encoded(service), headers: { 'bad name': 'x' } });
    expect(exchange).toMatchObject({ outcome: 'protocol' });
    expect(exchange.problem).toContain('the codec’s request cannot be sent'.replace('’', "'"));
  });
});

describe('a service that does not come up', () => {
  it('because it ends: says how, when, and its last words, without waiting for the deadline', async () => {
    const error = await failure(start(command('crash-at-start')));
    expect(error.code).toBe('E401');
    expect(error.message).toContain('target “mine” ended before it was ready');
    expect(error.message).toMatch(/it ended after \d+(\.\d)? s with code 1/);
    expect(error.message).toContain("    ModuleNotFoundError: No module named 'lightgbm'");
    expect(error.message).toContain(`run the command by hand in ${supportDir}`);
  });

  it('because it is never ready: says what was asked, how often, and what came, and ends it', async () => {
    const error = await failure(start(command('never-ready', { readyTimeoutMs: 700 })));
    expect(error.message).toContain('target “mine” was not ready after 0.7 s');
    expect(error.message).toMatch(/asked {3}GET http:\/\/127\.0\.0\.1:\d+\/v2\/health\/ready, \d+ times: HTTP 503/);
    const pid = Number(/\(pid (\d+)\), it is still running/.exec(error.message)?.[1]);
    expect(isRunning(pid)).toBe(false);
  });

  it('because its health check hangs', async () => {
    const error = await failure(start(command('silent-health', { readyTimeoutMs: 700 })));
    expect(error.message).toContain('no whole answer within');
  });

  it('because there is no such program', async () => {
    const config = { ...command('x'), command: ['no-such-program', '{port}'] } as ServiceConfig;
    const error = await failure(start(config));
    expect(error.code).toBe('E402');
    expect(error.message).toContain('the program “no-such-program” was not found');
  });

  it('because nothing listens at its address', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const error = await failure(start({ kind: 'url', url, model: 'm', readyTimeoutMs: 200 }));
    expect(error.message).toMatch(/GET http:\S+\/v2\/health\/ready, \d+ times: connection refused/);
    expect(error.message).toContain('start the service first, or give `command`');
  });

  it('because the run was cut off: rejects with that reason, and the process is gone', async () => {
    const controller = new AbortController();
    const workDir = aWorkDir();
    const pending = start(command('never-ready'), { signal: controller.signal, workDir });
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 300);
    await expect(pending).rejects.toThrow('Ctrl-C');
  });

  it('because somebody else holds its fixed address, whose answers would be taken for its own', async () => {
    const url = await listening(createServer((_, response) => response.end()));
    const config = { ...command('healthy'), readyUrl: `${url}/v2/health/ready` } as ServiceConfig;
    const error = await failure(start(config));
    expect(error.code).toBe('E404');
    expect(error.message).toContain('something is listening at 127.0.0.1:');
  });
});

describe('the number of features', () => {
  it('that nobody says is asked for, with what the service answered', async () => {
    const error = await failure(start(command('no-metadata')));
    expect(error.code).toBe('E403');
    expect(error.message).toContain('/v2/models/m: HTTP 404');
    expect(error.message).toContain('give `features` or a CSV of feature rows as `samples`');
  });

  it('may come from the config', async () => {
    const service = await start(command('no-metadata', { features: 7 }));
    expect(service.batch(2, 1)).toMatchObject({ rows: 2, features: 7 });
  });

  it('may come from samples, which are sent then', async () => {
    const configDir = aWorkDir();
    writeFileSync(join(configDir, 'rows.csv'), 'stock,a,b\n2330,1,2\n');
    const url = await listening(createServer((_, response) => response.writeHead(404).end()));
    const service = await start({ kind: 'url', url, model: 'm', samples: 'rows.csv' }, { configDir });
    expect(service.batch(2, 1)).toEqual({
      rows: 2,
      features: 2,
      values: Float64Array.of(1, 2, 1, 2),
      stocks: ['2330', '2330'],
    });
  });

  it('of samples that are not those of the model is refused', async () => {
    const configDir = aWorkDir();
    writeFileSync(join(configDir, 'rows.csv'), 'a,b\n1,2\n');
    const config = { ...command('healthy', { samples: 'rows.csv' }), cwd: supportDir } as ServiceConfig;
    await expect(start(config, { configDir })).rejects.toThrow(
      'target “mine”: `samples` has 2 features per row, the service says 3.',
    );
  });
});

it('a codec of the user’s own replaces the protocol: no metadata are asked for', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(request.method === 'GET' ? 404 : 200).end('0.25;0.75');
  });
  const codec: InferenceCodec = {
    name: 'semicolons',
    encode: (batch) => ({
      method: 'POST',
      path: '/score',
      headers: {},
      body: Buffer.from(batch.values.join(';')),
      predictions: batch.rows,
    }),
    decode: (reply) => Float64Array.from(Buffer.from(reply.body).toString().split(';'), Number),
  };
  const url = await listening(server);
  const service = await start({ kind: 'url', url: `${url}/api/`, model: 'm', codec, features: 1 });
  expect(await service.send(encoded(service, 2))).toMatchObject({
    outcome: 'ok',
    predictions: Float64Array.of(0.25, 0.75),
  });
  expect(asked).toEqual(['GET /api/v2/health/ready', 'POST /api/score']);
});

describe('a module', () => {
  it('is hosted in a process of its own, which is known and started again on the same port', async () => {
    const service = await start({ kind: 'module', module: './model.mjs', model: 'sum' });
    expect(service.metadata).toEqual({ name: 'sum', features: 3, inputName: 'input', datatype: 'FP64' });
    expect(service.codec.name).toBe('open-inference/binary');
    const batch = service.batch(2, 1);
    const exchange = await service.send(service.codec.encode(batch, service.model));
    const [a, b, c, d, e, f] = batch.values;
    expect(exchange.predictions).toEqual(Float64Array.of(a! + b! + c!, d! + e! + f!));
    expect(exchange.reply!.headers['server-timing']).toMatch(
      /decode;dur=[\d.]+, predict;dur=[\d.]+, sum;dur=0\.250, encode;dur=/,
    );
    expect(service.process!.pid).not.toBe(process.pid);
    const again = await service.restart!(new AbortController().signal);
    running.push(again);
    expect(again.url.port).toBe(service.url.port);
    await again.stop();
    expect(await again.process!.exited).toMatchObject({ code: 0 });
  });

  it('that cannot be loaded ends with the reason in its last words', async () => {
    const error = await failure(start({ kind: 'module', module: './no-such-model.mjs', model: 'x' }));
    expect(error.message).toContain('Cannot find module');
    expect(error.message).toContain('no-such-model.mjs');
  });

  it('that exports no model says what it should export', async () => {
    const error = await failure(start({ kind: 'module', module: './pipeline.mjs', model: 'x' }));
    expect(error.message).toContain('export default { features, predict(values, rows)');
  });
});

it('the whole output of a service is in its log', async () => {
  const service = await start(command('healthy'));
  expect(existsSync(service.process!.logPath)).toBe(true);
  expect(readFileSync(service.process!.logPath, 'utf8')).toBe('mode healthy\n');
});

function listening(server: Server): Promise<string> {
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
