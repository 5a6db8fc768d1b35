import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listeningPids, listeningPorts } from '../src/internal/listening-pids.ts';

it.skipIf(!existsSync('/proc/net/tcp'))('who listens on a port, and on which ports a process listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(listeningPids(new URL(`http://127.0.0.1:${port}/`))).toContain(process.pid);
  expect(listeningPids(new URL(`http://192.0.2.1:${port}/`))).toEqual([]);
  expect(listeningPorts([process.pid])).toContain(port);
  await new Promise((resolve) => server.close(resolve));
  expect(listeningPorts([process.pid])).not.toContain(port);
  expect(listeningPorts([2 ** 22 + 1])).toEqual([]);
});
