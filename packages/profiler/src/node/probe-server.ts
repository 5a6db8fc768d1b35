import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preloadPath } from '../preload-path.ts';
import type { NodeProbe } from './probe.ts';
import { type ProbeMessage, type ProbeMethod, socketVariable } from './protocol.ts';
import { type NodeRecordingRequest, recordVariable } from './recording.ts';

/** A Node process that was started with our preload, and answers. */
export interface ProbedProcess extends NodeProbe {
  readonly pid: number;
  readonly parent: number;
  /** Version of its Node. */
  readonly node: string;
  /** Writes what it records now rather than at its end. */
  finishRecording(): Promise<void>;
}

/** Where Node processes report to. */
export interface ProbeServer {
  /**
   * What to add to the environment of a process, so that it and every Node process below it can be asked.
   * @param before the environment without it; its own `NODE_OPTIONS` are kept
   */
  environment(before: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /** Node processes that are there now, oldest first. */
  processes(): readonly ProbedProcess[];
  /** Lets go of all processes; they run on. */
  close(): Promise<void>;
}

/** A process that does not turn its event loop for so long is taken for dead. */
const answerWithinMs = 120_000;

/**
 * Opens a socket for Node processes, readable by this user alone. Close it.
 * @param recording what the processes are to record of themselves from their start
 */
export async function startProbeServer(recording?: NodeRecordingRequest): Promise<ProbeServer> {
  const folder = await mkdtemp(join(tmpdir(), 'preopen-probe-'));
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\preopen-probe-${process.pid}-${folder.slice(-6)}` : join(folder, 's');
  const processes = new Map<Socket, ProbedProcess>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const probed = converse(socket, (process) => processes.set(socket, process));
    socket.on('close', () => {
      sockets.delete(socket);
      processes.delete(socket);
      probed.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    environment: (before) => ({
      [socketVariable]: path,
      ...(recording ? { [recordVariable]: JSON.stringify(recording) } : {}),
      NODE_OPTIONS: `${before.NODE_OPTIONS ?? ''} --require ${quoted(preloadPath())}`.trim(),
    }),
    processes: () => [...processes.values()],
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `NODE_OPTIONS` splits at blanks, except within double quotes, where a backslash escapes. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}

function converse(socket: Socket, onHello: (process: ProbedProcess) => void): { end(): void } {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(cause: Error): void }>();
  let lastId = 0;
  const ask = <T>(method: ProbeMethod, ...params: unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      const timer = setTimeout(
        () => settle(reject)(new Error(`no answer within ${answerWithinMs / 1000} s`)),
        answerWithinMs,
      );
      const settle =
        <V>(how: (value: V) => void) =>
        (value: V): void => {
          clearTimeout(timer);
          waiting.delete(id);
          how(value);
        };
      waiting.set(id, { resolve: settle(resolve as (value: unknown) => void), reject: settle(reject) });
      if (socket.destroyed) waiting.get(id)!.reject(new Error('the process has ended'));
      else socket.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as ProbeMessage;
      if ('pid' in message) onHello({ ...message, ...remoteProbe(ask) });
      else if ('problem' in message) waiting.get(message.id)?.reject(new Error(message.problem));
      else waiting.get(message.id)?.resolve(message.result);
    }
  });
  return {
    end() {
      for (const { reject } of [...waiting.values()]) reject(new Error('the process ended before it answered'));
    },
  };
}

function remoteProbe(
  ask: <T>(method: ProbeMethod, ...params: unknown[]) => Promise<T>,
): Omit<ProbedProcess, 'pid' | 'parent' | 'node'> {
  return {
    finishRecording: () => ask('finishRecording'),
    settle: () => ask('settle'),
    heap: () => ask('heap'),
    startGcEvents: () => ask('startGcEvents'),
    gcEvents: () => ask('gcEvents'),
    startAllocations: (intervalBytes, keepsOptimized) => ask('startAllocations', intervalBytes, keepsOptimized),
    allocations: () => ask('allocations'),
    stopAllocations: () => ask('stopAllocations'),
    startCpuProfile: (intervalMicroseconds) => ask('startCpuProfile', intervalMicroseconds),
    stopCpuProfile: () => ask('stopCpuProfile'),
    writeSnapshot: (path) => ask('writeSnapshot', path),
  };
}
