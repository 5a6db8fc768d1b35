import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAddress, targetAtAddress } from '../../src/targets/address.ts';

const { signal } = new AbortController();
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/v2' ? '{"name":"triton","version":"2","extensions":[]}' : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('an address typed by hand', () => {
  it('is told from the name of a target', () => {
    for (const text of ['http://host/score', 'https://host', 'host:80', ':8080/x', '10.0.0.7:9000/score']) {
      expect(isAddress(text)).toBe(true);
    }
    for (const text of ['reference', 'my-model', 'a.b', 'name:x']) expect(isAddress(text)).toBe(false);
  });

  it('is a model if its path says so, or a name is given', async () => {
    const { service } = await targetAtAddress('http://127.0.0.1:9/kserve/v2/models/alpha%201/infer', {}, signal);
    expect(service).toMatchObject({ kind: 'url', url: 'http://127.0.0.1:9/kserve', model: 'alpha 1' });
    const named = await targetAtAddress(':9/base', { model: 'alpha' }, signal);
    expect(named.service).toMatchObject({ url: 'http://127.0.0.1:9/base', model: 'alpha' });
    expect(named.service?.codec).toBeUndefined();
  });

  it('is a plain endpoint otherwise, asked exactly what was typed', async () => {
    const { service } = await targetAtAddress('127.0.0.1:9/score/?day=1', {}, signal);
    const batch = { rows: 5, features: 1, values: new Float64Array(5) };
    expect(service?.codec?.encode(batch, '')).toEqual({
      method: 'GET',
      path: '/score/?day=1',
      headers: {},
      body: null,
      predictions: 0,
    });
    expect(service).toMatchObject({ kind: 'url', url: 'http://127.0.0.1:9' });
  });

  it('gets a POST for a body, with the type of JSON where it is JSON', async () => {
    const posted = async (body: string, headers = {}) => {
      const { service } = await targetAtAddress(':9/x', { body: Buffer.from(body), headers }, signal);
      return service!.codec!.encode({ rows: 1, features: 1, values: new Float64Array(1) }, '');
    };
    expect(await posted('{"id":1}')).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect((await posted('id=1')).headers).toEqual({});
    expect((await posted('{}', { 'Content-Type': 'text/x' })).headers).toEqual({ 'Content-Type': 'text/x' });
  });

  it('is refused where it is the bare base of the Open Inference Protocol', async () => {
    await expect(targetAtAddress(origin, {}, signal)).rejects.toThrow(`${origin}/v2/models/NAME`);
    await expect(targetAtAddress(origin, { method: 'get' }, signal)).resolves.toBeDefined();
    await expect(targetAtAddress(`${origin}/health`, {}, signal)).resolves.toBeDefined();
  });

  it('and a method that is none is refused', async () => {
    await expect(targetAtAddress(':9/x', { method: 'FETCH' }, signal)).rejects.toThrow('GET, POST, PUT');
  });
});
