import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EncodedRequest, systemClock } from '@preopen/core';
import { LatencyRecorder } from '@preopen/latency';
import { Client } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createSender, type SenderOptions } from '../src/sender.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
const httpServer = (answer: RequestListener) => listen(createHttpServer(answer));
/** A server that says the same bytes to every request, whatever it is. */
const rawServer = (answer: (socket: Socket, turn: number) => void): Promise<number> => {
  let turn = 0;
  return listen(createTcpServer((socket) => socket.on('data', () => answer(socket, turn++))));
};

const get: EncodedRequest = { method: 'GET', path: '/', headers: {}, body: null, predictions: 0 };
interface Ended {
  outcome: string;
  problem: string | undefined;
  body: string | undefined;
}

/** A sender and what came of each of its requests, by their number. */
function aSender(port: number, options: Partial<SenderOptions> = {}) {
  const recorder = new LatencyRecorder();
  const ended: Ended[] = [];
  const bodies: string[] = [];
  let wake = (): void => undefined;
  const sender = createSender({
    url: new URL(`http://127.0.0.1:${port}`),
    codec: {
      decode: ({ body }) => {
        bodies.push(Buffer.from(body).toString('latin1'));
        return new Float64Array(0);
      },
    },
    recorder,
    clock: systemClock,
    connections: 1,
    timeoutMs: 2000,
    onEnd: (slot, outcome, problem) => {
      ended[slot] = { outcome, problem, body: bodies.pop() };
      wake();
    },
    ...options,
  });
  cleanups.push(() => sender.close());
  let asked = 0;
  /** Sends requests, and waits until all have ended. */
  const ask = async (request: EncodedRequest = get, count = 1): Promise<Ended[]> => {
    const first = asked;
    const prepared = sender.prepare(request);
    for (let i = 0; i < count; i++) {
      const nowMs = systemClock.nowMs();
      sender.send(prepared, recorder.schedule(nowMs, nowMs), nowMs);
    }
    asked += count;
    while (Object.keys(ended).length < asked)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return ended.slice(first, asked);
  };
  return { sender, recorder, ask };
}

describe('a sender', () => {
  it('sends what it was given, over as few connections as are asked for, and reads what comes back', async () => {
    const ports = new Set<number>();
    const port = await httpServer((request, response) => {
      ports.add(request.socket.remotePort!);
      let body = '';
      request.setEncoding('latin1');
      request.on('data', (text) => {
        body += text;
      });
      const { connection, host, ...headers } = request.headers;
      request.on('end', () => response.end(JSON.stringify([request.method, request.url, headers, body])));
    });
    const { ask, recorder } = aSender(port, { connections: 2, url: new URL(`http://127.0.0.1:${port}/base/`) });
    const post: EncodedRequest = {
      method: 'POST',
      path: '/score?x=1',
      headers: { 'Content-Type': 'text/plain' },
      body: new TextEncoder().encode('rows'),
      predictions: 0,
    };
    const answers = await ask(post, 20);
    for (const { outcome, body } of answers) {
      expect(outcome).toBe('ok');
      expect(JSON.parse(body!)).toEqual([
        'POST',
        '/base/score?x=1',
        { 'content-type': 'text/plain', 'content-length': '4' },
        'rows',
      ]);
    }
    expect(ports.size).toBe(2);
    for (let slot = 0; slot < 20; slot++) {
      const stamps = [recorder.dueMs, recorder.sentMs, recorder.firstByteMs, recorder.doneMs].map(
        (column) => column[slot]!,
      );
      expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
    }
  });

  it('takes a large answer in many pieces, of known and of unknown length', async () => {
    const large = 'abcdefgh'.repeat(100_000);
    const port = await httpServer((request, response) => {
      if (request.url === '/known') response.setHeader('content-length', large.length);
      for (let at = 0; at < large.length; at += 77_777) response.write(large.slice(at, at + 77_777));
      response.end();
    });
    const { ask } = aSender(port);
    for (const path of ['/known', '/unknown'])
      expect(await ask({ ...get, path })).toEqual([{ outcome: 'ok', problem: undefined, body: large }]);
  });

  it('reads every n-th good answer and takes the others of its length for good', async () => {
    let turn = 0;
    const port = await httpServer((_request, response) => response.end(turn++ < 100 ? 'good' : 'other'.repeat(turn)));
    let read = 0;
    const { ask } = aSender(port, {
      checkEvery: 10,
      codec: {
        decode: () => {
          read++;
          return new Float64Array(0);
        },
      },
    });
    await ask(get, 100);
    expect(read).toBe(10);
    // Of another length: each is read.
    await ask(get, 5);
    expect(read).toBe(15);
  });

  it('asks again on a new connection where the server does not keep the old one', async () => {
    let connections = 0;
    const server = createHttpServer((_request, response) => response.setHeader('connection', 'close').end('ok'));
    server.on('connection', () => connections++);
    const { ask } = aSender(await listen(server));
    const answers = await ask(get, 5);
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(5).fill('ok'));
    expect(connections).toBe(5);
  });

  it('does not use a connection that the server is about to close', async () => {
    let connections = 0;
    const server = createHttpServer((_request, response) => response.setHeader('keep-alive', 'timeout=1').end('ok'));
    server.on('connection', () => connections++);
    const { ask } = aSender(await listen(server));
    await ask();
    await ask();
    expect(connections).toBe(2);
  });

  it.each([
    ['for as long as the server says', 'Keep-Alive: timeout=30\r\n', 1],
    ['not for long where the server does not say', '', 2],
  ])('keeps a connection that it does not use %s', async (_, header, expected) => {
    const connections = new Set<Socket>();
    const { ask } = aSender(
      await rawServer((socket) => {
        connections.add(socket);
        socket.write(`HTTP/1.1 200 OK\r\n${header}Content-Length: 2\r\n\r\nok`);
      }),
    );
    await ask();
    await new Promise((resolve) => setTimeout(resolve, 1700));
    expect((await ask())[0]!.outcome).toBe('ok');
    expect(connections.size).toBe(expected);
  });

  it('tells errors by their class', async () => {
    const silent = await rawServer(() => undefined);
    expect(await aSender(silent, { timeoutMs: 100 }).ask()).toMatchObject([
      { outcome: 'timeout', problem: 'no whole answer within 100 ms' },
    ]);
    const garbage = await rawServer((socket) => socket.write('SSH-2.0-OpenSSH\r\n'));
    expect(await aSender(garbage).ask()).toMatchObject([{ outcome: 'protocol' }]);
    const broken = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    expect(await aSender(broken).ask()).toMatchObject([
      { outcome: 'connect', problem: 'the server closed the connection before a whole answer' },
    ]);
    const resetting = await rawServer((socket) => socket.resetAndDestroy());
    expect(await aSender(resetting).ask()).toMatchObject([
      { outcome: 'connect', problem: expect.stringContaining('ECONNRESET') },
    ]);
    const failing = await httpServer((_request, response) => response.writeHead(503).end());
    expect(await aSender(failing).ask()).toMatchObject([{ outcome: 'status', problem: 'HTTP 503' }]);
    expect(await aSender(9).ask(get, 3)).toMatchObject(
      Array(3).fill({ outcome: 'connect', problem: expect.stringContaining('ECONNREFUSED') }),
    );
    expect(await aSender(9, { url: new URL('http://localhost:9') }).ask()).toMatchObject([
      { outcome: 'connect', problem: expect.stringContaining('ECONNREFUSED') },
    ]);
  });

  it('goes on after each of them, on the same one connection at a time', async () => {
    const port = await rawServer((socket, turn) => {
      if (turn === 0) socket.resetAndDestroy();
      else if (turn === 1) socket.write('nonsense that is no answer');
      // Turn 2 gets no answer at all.
      else if (turn > 2) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    const { ask } = aSender(port, { timeoutMs: 300 });
    const answers = [...(await ask()), ...(await ask()), ...(await ask()), ...(await ask(get, 3))];
    expect(answers.map(({ outcome }) => outcome)).toEqual(['connect', 'protocol', 'timeout', 'ok', 'ok', 'ok']);
  });

  it('never takes bytes that came behind an answer for the next one', async () => {
    const port = await rawServer((socket, turn) =>
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${turn}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong`,
      ),
    );
    const { ask } = aSender(port);
    expect((await ask(get, 4)).map(({ body }) => body)).toEqual(['0', '1', '2', '3']);
  });

  it('gives a request that timed out while it waited no connection', async () => {
    let asked = 0;
    const port = await rawServer(() => {
      asked++;
    });
    const { ask } = aSender(port, { timeoutMs: 150 });
    const answers = await ask(get, 3);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['timeout', 'timeout', 'timeout']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(1);
  });

  it('cuts off what is under way when it is closed', async () => {
    const port = await rawServer(() => undefined);
    const { ask, sender } = aSender(port);
    const asked = ask(get, 3);
    await sender.close();
    expect((await asked).map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted', 'aborted']);
    expect(sender.underWay).toBe(0);
  });

  it('refuses what cannot be sent before anything is sent', async () => {
    const { sender } = aSender(9);
    expect(() => sender.prepare({ ...get, path: '/a b' })).toThrow('encodeURI');
    expect(() => sender.prepare({ ...get, headers: { x: 'a\r\nevil: 1' } })).toThrow('header "x"');
  });

  it('speaks TLS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'load-tls-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ];
    execFileSync('openssl', made, { stdio: 'ignore' });
    const server = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
      response.end('secret'),
    );
    const url = new URL(`https://localhost:${await listen(server)}`);
    const refused = await aSender(0, { url }).ask();
    expect(refused).toMatchObject([{ outcome: 'connect', problem: expect.stringContaining('self-signed') }]);
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    cleanups.push(() => {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    });
    expect(await aSender(0, { url }).ask(get, 3)).toEqual(
      Array(3).fill({ outcome: 'ok', problem: undefined, body: 'secret' }),
    );
  });
});

describe('beside undici, on the same bytes', () => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: a\r\nX: b\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nt: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\n\r\nuntil the end',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno',
    'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab',
    'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'ICY 200 OK\r\n\r\n',
  ];
  it.each(answers)('%j comes to the same', async (answer) => {
    const port = await rawServer((socket) => {
      const half = answer.length >> 1;
      socket.write(answer.slice(0, half));
      setTimeout(() => socket.end(answer.slice(half)), 10);
    });
    const [ours] = await aSender(port, {
      codec: { decode: ({ body }) => Float64Array.from(body) },
      onPredictions: () => undefined,
    }).ask();
    const client = new Client(`http://127.0.0.1:${port}`);
    cleanups.push(() => client.destroy());
    const theirs = await client
      .request({ method: 'GET', path: '/' })
      .then(async ({ statusCode, body }) => ({ statusCode, length: (await body.arrayBuffer()).byteLength }))
      .catch(() => undefined);
    const expected =
      theirs === undefined
        ? ['connect', 'protocol']
        : theirs.statusCode > 299
          ? ['status']
          : theirs.length === 0
            ? ['ok']
            : ['wrong-shape'];
    expect(expected).toContain(ours!.outcome);
    // Where it is read, as many bytes of it: the codec above takes each for a prediction.
    if (theirs && ours!.outcome === 'wrong-shape')
      expect(ours!.problem).toBe(`${theirs.length} predictions for 0 rows`);
  });
});
