import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentChange } from '@preopen/core';
import { preloadPath } from '../preload-path.ts';
import { type Command, type LoopRecording, type ProfileRecording, socketVariable } from './recording.ts';

/** Records the Node processes of a service. Close it. */
export interface NodeRecorder {
  /** What to add to the environment of the service, so that each of its Node processes can be recorded. */
  readonly environment: EnvironmentChange;
  /**
   * Watches the event loops of all Node processes, or profiles them, until the returned function is called.
   * It leaves out processes that have ended since; `undefined` where none is Node.
   */
  watchLoops(): Promise<(() => Promise<readonly LoopRecording[]>) | undefined>;
  profile(): Promise<(() => Promise<readonly ProfileRecording[]>) | undefined>;
  close(): Promise<void>;
}

/** A process that does not turn its event loop for so long is taken for dead. */
const answerWithinMs = 60_000;

/** Opens a socket for Node processes, readable by this user alone. */
export async function nodeRecorder(): Promise<NodeRecorder> {
  const folder = await mkdtemp(join(tmpdir(), 'preopen-latency-'));
  const path =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\preopen-latency-${process.pid}-${folder.slice(-6)}`
      : join(folder, 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  const record = async <T extends object>(command: Command): Promise<(() => Promise<readonly T[]>) | undefined> => {
    const recorded = [...sockets];
    if (recorded.length === 0) return undefined;
    await Promise.all(recorded.map((socket) => tell(socket, command)));
    return async () => {
      const answers = await Promise.allSettled(recorded.map((socket) => tell(socket, 'stop')));
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value as T] : []));
    };
  };
  return {
    environment: (before) => ({
      [socketVariable]: path,
      // `NODE_OPTIONS` splits at blanks, except within double quotes, where a backslash escapes.
      NODE_OPTIONS: `${before.NODE_OPTIONS ?? ''} --require "${preloadPath().replace(/["\\]/g, '\\$&')}"`.trimStart(),
    }),
    watchLoops: () => record<LoopRecording>('watch loop'),
    profile: () => record<ProfileRecording>('profile'),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a process answered in one line, or what is wrong with it: it may be anything that found the socket. */
export function answerOf(line: string): object {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch (cause) {
    return new Error(`a profiled process answered no JSON: ${(cause as Error).message}`);
  }
  if (typeof answer !== 'object' || answer === null) return new Error('a profiled process answered no object');
  const { problem } = answer as { readonly problem?: unknown };
  return problem === undefined ? answer : new Error(`a profiled process: ${String(problem)}`);
}

/** One command, one line of answer. */
function tell(socket: Socket, command: Command): Promise<object> {
  return new Promise((resolve, reject) => {
    const parts: string[] = [];
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
      how();
    };
    const onData = (part: string): void => {
      parts.push(part);
      if (!part.endsWith('\n')) return;
      const answer = answerOf(parts.join(''));
      settle(() => (answer instanceof Error ? reject(answer) : resolve(answer)));
    };
    const onClose = (): void => settle(() => reject(new Error('the process ended before it answered')));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no answer within ${answerWithinMs / 1000} s`))),
      answerWithinMs,
    );
    socket.on('data', onData);
    socket.on('close', onClose);
    if (socket.destroyed) onClose();
    else socket.write(`${command}\n`);
  });
}
