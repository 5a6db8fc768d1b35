import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const server = createServer((socket) => socket.end('hello'));
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

/** What a server says to whoever connects. */
function greeting(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (part) => {
      said += part;
    });
    socket.once('end', () => resolve(said));
    socket.once('error', reject);
  });
}

describe('preopen failover proxy', () => {
  it('runs one until it is interrupted, and leaves nothing behind', async () => {
    const cli = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
    const child = spawn(
      process.execPath,
      [
        cli,
        'failover',
        'proxy',
        '--upstream',
        `127.0.0.1:${(server.address() as { port: number }).port}`,
        '--api',
        '127.0.0.1:0',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    try {
      let said = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (text) => {
          said += text;
          if (said.includes('Ctrl-C')) resolve();
        });
        child.stderr.on('data', (text) => reject(new Error(String(text))));
      });
      const [, port, api] = /proxy: 127\.0\.0\.1:(\d+) .*\ntold at (http:\S+),/.exec(said) ?? [];
      expect(await greeting(Number(port))).toBe('hello');
      const version = await fetch(`${api}/version`);
      expect(await version.json()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/) });
      child.kill('SIGINT');
      expect(await exited).toBe(0);
      await expect(greeting(Number(port))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    } finally {
      child.kill('SIGKILL');
    }
  });
});
