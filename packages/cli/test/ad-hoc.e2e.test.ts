import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseResults } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, preopen, until } from './support/command.ts';

const made = aFolder('ad-hoc');
let server: Server;
let address: string;
let asked: { method: string; url: string; type: string | undefined; body: string }[] = [];

async function remember(request: IncomingMessage): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { method = '', url = '', headers } = request;
  asked.push({ method, url, type: headers['content-type'], body });
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void remember(request).then(() => {
      response.statusCode = request.url?.startsWith('/broken') ? 500 : 200;
      response.end('fine');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(made, { recursive: true });
});

const run = async (...args: string[]) => {
  asked = [];
  const command = preopen(args, made);
  const code = await command.ended;
  return { code, out: command.out(), err: command.err() };
};
/** 0, or 3 on a machine that is too busy to send in time: then nothing is measured. */
const codeFor = (out: string): number => (/generator-limited: /.test(out) ? 3 : 0);
const requests = (path: string) => asked.filter(({ url }) => url === path);

describe('preopen load', () => {
  it('loads any address with what was typed, and prints one results document', async () => {
    const { code, out, err } = await run(
      ...['load', `${address}/score?day=1`, '--body', '{"id":7}', '--rate', '50', '--duration', '2s', '--json'],
    );
    expect(code, err).toBe(codeFor(out));
    const results = await parseResults(out);
    expect(results.run).toMatchObject({ suite: 'load', status: 'completed', seed: 42 });
    expect(results.target.name).toBe(`${address}/score?day=1`);
    const [check] = results.checks;
    expect(check).toMatchObject({ id: 'load/run', status: 'completed', evidence: [] });
    const metrics = [...check!.measurements, ...check!.notMeasured].map(({ metric }) => metric);
    expect(metrics).toContain('latency.response.p95');
    // Nothing was predicted, so nothing is said of predictions.
    expect(metrics).not.toContain('throughput.predictions');
    const sent = requests('/score?day=1');
    expect(sent.length).toBeGreaterThan(50);
    expect(sent[0]).toMatchObject({ method: 'POST', type: 'application/json', body: '{"id":7}' });
    expect(readdirSync(made)).toEqual([]);
  });

  it('holds what it measured against requirements, which decide the exit code', async () => {
    const args = ['load', `${address}/broken`, '--users', '2', '--duration', '1s', '--require', 'errors.rate < 1 %'];
    const { code, out } = await run(...args);
    expect(code).toBe(1);
    expect(out).toContain('NOT READY');
    const unknown = await run(
      'load',
      `${address}/x`,
      '--rate',
      '50',
      '--duration',
      '500ms',
      '--require',
      'ic.mean > 0',
    );
    expect(unknown.code).toBe(3);
    expect(unknown.out).toContain('`preopen load` does not measure ic.mean');
  });

  it('plays a trading day, with figures of their own for the open and the closing auction', async () => {
    const args = ['load', `${address}/day`, '--arrivals', 'session', '--rate', '30', '--duration', '3s', '--json'];
    const { code, out } = await run(...args);
    expect(code).toBe(codeFor(out));
    const { measurements, notMeasured } = (await parseResults(out)).checks[0]!;
    const metrics = [...measurements, ...notMeasured].map(({ metric }) => metric);
    expect(metrics).toEqual(expect.arrayContaining(['latency.open.complete', 'latency.close.p95']));
    expect((await run('load', address, '--arrivals', 'session')).err).toContain('at which rate at midday');
  });

  it('plays a recorded trace to its end, at its own speed', async () => {
    writeFileSync(join(made, 'trace.csv'), ['# ms', ...Array.from({ length: 40 }, (_, i) => 7000 + i * 50)].join('\n'));
    const trace = ['load', `${address}/trace`, '--arrivals', 'trace:trace.csv'];
    const { code, out } = await run(...trace, '--speed', '2', '--pacer', 'spin');
    expect(code).toBe(codeFor(out));
    expect(out).toContain('spinning pacer');
    // A disturbed run is made twice.
    expect(requests('/trace').length % 40).toBe(0);
    writeFileSync(join(made, 'trace.csv'), '5\nsoon\n');
    expect((await run(...trace)).err).toContain('trace.csv:2: “soon” is no time');
    expect((await run(...trace, '--rate', '5')).err).toContain('A trace has a rate of its own');
    rmSync(join(made, 'trace.csv'));
  });

  it('speaks HTTP/2', async () => {
    const h2 = createHttp2Server((request, response) => {
      asked.push({ method: request.method, url: request.url, type: request.httpVersion, body: '' });
      response.end('fine');
    });
    await new Promise<void>((resolve) => h2.listen(0, '127.0.0.1', resolve));
    const { port } = h2.address() as AddressInfo;
    try {
      const { code, out, err } = await run(
        ...['load', `http://127.0.0.1:${port}/h2`, '--protocol', 'h2', '--rate', '40', '--duration', '1s', '--json'],
      );
      expect(code, err).toBe(codeFor(out));
      expect(requests('/h2').at(-1)?.type).toBe('2.0');
    } finally {
      h2.close();
    }
  });

  it('gives up what has no hope to meet its requirements', async () => {
    const args = ['load', `${address}/broken`, '--rate', '20', '--duration', '60s', '--require', 'errors.rate < 1 %'];
    const { code, out } = await run(...args);
    // On a machine that is too busy to send in time nothing is measured.
    expect([1, 3]).toContain(code);
    expect(out).toContain('given up: errorShare stayed above 0.05 for 5.0 s');
  });

  it('takes users who think', async () => {
    const { code, out } = await run('load', `${address}/u`, '--users', '4', '--think', '100ms', '--duration', '2s');
    expect(code).toBe(0);
    expect(out).toContain('closed loop, 4 users, 100 ms to think on average');
    // Four users who think for 100 ms ask some 40 times a second; a disturbed run is made twice.
    const count = requests('/u').length;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(320);
  });

  it('prints what was measured when it is interrupted', async () => {
    asked = [];
    const command = preopen(['load', `${address}/long`, '--rate', '50', '--duration', '60s', '--json'], made);
    await until('requests', () => requests('/long').length > 30);
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(130);
    const results = await parseResults(command.out());
    expect(results.run.status).toBe('interrupted');
    const [check] = results.checks;
    expect(check?.notes.join()).toContain('interrupted by SIGINT after');
    expect(check?.series.find(({ id }) => id === 'latency.overTime')).toBeDefined();
  });

  it('keeps results, pages and histograms where it is told to', async () => {
    const { code, out } = await run('load', `${address}/k`, '--rate', '50', '--duration', '1s', '--output-dir', 'kept');
    expect(code).toBe(codeFor(out));
    for (const file of ['results.json', 'report.html', 'evidence'])
      expect(existsSync(join(made, 'kept', file))).toBe(true);
    rmSync(join(made, 'kept'), { recursive: true });
  });

  it('says what is wrong with its flags, and that nothing answers', async () => {
    const both = await run('load', `${address}/x`, '--users', '3', '--rate', '5');
    expect(both.code).toBe(2);
    expect(both.err).toContain('leave --rate and --arrivals out');
    expect((await run('load', address, '--duration', 'soon')).err).toContain('30s, 500ms or 2min');
    const name = await run('load', 'refrence');
    expect(name.code).toBe(2);
    expect(name.err).toContain('reference');
    const silent = await run('load', 'http://127.0.0.1:9/x', '--rate', '5', '--json');
    expect(silent.code).toBe(4);
    expect((await parseResults(silent.out)).checks[0]?.reason).toContain('was not ready');
  });
});

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

describe.skipIf(!hasRedis)('preopen agent (needs redis-server)', () => {
  it('sends its share of the load of others, and ends with a signal', async () => {
    const port = 31_000 + (process.pid % 5000);
    const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', made]);
    const url = `redis://127.0.0.1:${port}`;
    let said = '';
    redis.stdout.on('data', (text) => {
      said += String(text);
    });
    await until('Redis is there', () => said.includes('Ready to accept connections'));
    const agents = ['one', 'two'].map((name) => preopen(['agent', '--redis', url, '--name', name], made));
    try {
      for (const agent of agents) await until('an agent is ready', () => agent.err().includes('is ready'));
      const args = ['load', `${address}/far`, '--rate', '40', '--duration', '2s', '--agents', '2', '--redis', url];
      const { code, out, err } = await run(...args, '--json');
      expect(code, err).toBe(codeFor(out));
      const notes = (await parseResults(out)).checks[0]!.notes.join('\n');
      const sent = [...notes.matchAll(/Agent (\w+): (\d+) requests/g)].map(([, name, count]) => [name, Number(count)]);
      expect(sent.map(([name]) => name)).toEqual(['one', 'two']);
      // The whole schedule was sent to the last request, once or, on a busy machine, twice.
      const total = sent.reduce((sum, [, count]) => sum + Number(count), 0);
      expect([total, 2 * total]).toContain(requests('/far').length);
    } finally {
      for (const { child } of agents) child.kill('SIGTERM');
      for (const { ended } of agents) expect(await ended).toBe(0);
      redis.kill();
      await new Promise((resolve) => redis.once('exit', resolve));
    }
  });

  it('says that nothing was measured where one is lost, and ends with 3', async () => {
    const port = 31_000 + ((process.pid + 2500) % 5000);
    const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', made]);
    const url = `redis://127.0.0.1:${port}`;
    let said = '';
    redis.stdout.on('data', (text) => {
      said += String(text);
    });
    await until('Redis is there', () => said.includes('Ready to accept connections'));
    const agents = ['stays', 'dies'].map((name) => preopen(['agent', '--redis', url, '--name', name], made));
    try {
      for (const agent of agents) await until('an agent is ready', () => agent.err().includes('is ready'));
      const args = ['load', `${address}/lost`, '--rate', '40', '--duration', '6s', '--agents', '2', '--redis', url];
      const load = run(...args, '--json');
      await until('the load has begun', () => requests('/lost').length > 5);
      agents[1]!.child.kill('SIGKILL');
      const { code, out } = await load;
      const [check] = (await parseResults(out)).checks;
      expect(check!.measurements).toEqual([]);
      expect(check!.notMeasured[0]!.reason).toContain('dies');
      expect(code).toBe(3);
    } finally {
      for (const { child } of agents) child.kill('SIGTERM');
      for (const { ended } of agents) await ended;
      redis.kill();
      await new Promise((resolve) => redis.once('exit', resolve));
    }
  });

  it('asks for both of its flags', async () => {
    const { code, err } = await run('load', `${address}/x`, '--rate', '5', '--agents', '2');
    expect(code).toBe(2);
    expect(err).toContain('--redis URL belong together');
  });
});

describe('preopen latency', () => {
  it('measures a target of the config by name', async () => {
    writeFileSync(
      join(made, 'preopen.config.json'),
      JSON.stringify({ targets: { mine: { service: { url: `${address}/`, features: 3 } } } }),
    );
    const { out, code } = await run('latency', 'mine', '--duration', '3s', '--json');
    expect(code).toBe(0);
    const [check] = (await parseResults(out)).checks;
    // It is no model: each answer is wrong by the protocol, and says so.
    expect(check?.notMeasured[0]?.reason).toContain('protocol');
    rmSync(join(made, 'preopen.config.json'));
  });

  it('measures any address', async () => {
    const { code, out } = await run('latency', `${address}/q`, '--duration', '8s', '--json');
    expect(code).toBe(0);
    const [check] = (await parseResults(out)).checks;
    expect(check?.measurements.map(({ metric }) => metric)).toContain('latency.response.p50');
    expect(check?.notes.join()).toContain('GET /q requests');
  });

  it('measures an operation under its own name, beside the specification’s limit for it', async () => {
    const { code, out } = await run(
      'latency',
      `${address}/signal`,
      '--operation',
      'signal',
      '--duration',
      '8s',
      '--json',
    );
    expect(code).toBe(0);
    const { checks, requirements } = await parseResults(out);
    expect(checks[0]?.measurements.map(({ metric }) => metric)).toContain('latency.signal.p50');
    expect(requirements).toMatchObject([{ metric: 'latency.signal.p95', limit: 60, unit: 's', required: false }]);
    const { code: refused, err } = await run('latency', 'reference', '--operation', 'signal');
    expect(refused).not.toBe(0);
    expect(err).toContain('--operation: expected an HTTP address');
  });
});
