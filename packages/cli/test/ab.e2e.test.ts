import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const dir = aFolder('ab');

/** Answers plain JSON alone and lists no extension, as a small service of one's own does; ends after `most` requests. */
const server = `
import { createServer } from 'node:http';
const [port, most] = process.argv.slice(2).map(Number);
let asked = 0;
createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk)).on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET')
      return response.end(JSON.stringify({ name: 'model', inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, 2] }] }));
    if (++asked > most) throw new Error('no more memory for this');
    const [{ shape, data }] = JSON.parse(text).inputs;
    const sums = Array.from({ length: shape[0] }, (_, i) => data.flat()[2 * i]);
    response.end(JSON.stringify({ model_name: 'model', outputs: [{ name: 'y', datatype: 'FP64', shape: [shape[0]], data: sums }] }));
  });
}).listen(port, '127.0.0.1');
`;

const ab = async (...args: string[]) => {
  const run = preopen(['ab', ...args], dir);
  return { code: await run.ended, out: run.out(), err: run.err() };
};

beforeAll(() => {
  writeFileSync(join(dir, 'server.mjs'), server);
  const target = (most: number) => ({
    service: { command: ['node', 'server.mjs', '{port}', String(most)], url: 'http://127.0.0.1:{port}/' },
  });
  writeFileSync(
    join(dir, 'preopen.config.json'),
    JSON.stringify({ targets: { base: target(1e9), dying: target(60) } }),
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('preopen ab', () => {
  it('compares plain JSON services that list no extension', async () => {
    const found = await ab('base', 'base', '--rounds', '1', '--pairs', '20', '--batch', '3');
    expect(found.code, found.err).toBe(0);
    expect(found.out).toContain('100.0 % identical');
    expect(found.out).not.toContain('not answered well');
  });

  it('ends with the last words of a service that ends under it', async () => {
    const found = await ab('base', 'dying', '--rounds', '2', '--pairs', '200', '--batch', '3');
    expect(found.code, found.out).toBe(4);
    expect(found.err).toMatch(/E406.*“dying” ended with code 1 while round 1 ran/);
    expect(found.err).toContain('no more memory for this');
    expect(found.out).toBe('');
  });
});
