import { targetAtAddress } from '@preopen/core';
import { expect, it } from 'vitest';
import { startedBy } from '../src/checks/started-service.ts';

const { signal } = new AbortController();

it('a plain endpoint is ready when it answers there, for there may be nothing at /', async () => {
  const { service } = await targetAtAddress('http://127.0.0.1:8080/score?n=1', {}, signal);
  expect(startedBy(['node', 'serve.js'], service!)).toMatchObject({
    kind: 'command',
    command: ['node', 'serve.js'],
    url: 'http://127.0.0.1:8080',
    readyUrl: 'http://127.0.0.1:8080/score?n=1',
  });
});

it('a model behind the Open Inference Protocol is ready when it says so', async () => {
  const { service } = await targetAtAddress('http://127.0.0.1:8080/v2/models/m', {}, signal);
  expect(startedBy(['node', 'serve.js'], service!)).toMatchObject({
    readyUrl: 'http://127.0.0.1:8080/v2/health/ready',
    model: 'm',
  });
});
