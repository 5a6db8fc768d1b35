import { createWriteStream, type WriteStream } from 'node:fs';
import { type Style, styleFor } from './terminal/style.ts';

/** Where a command writes: results to `out`, talk to `err`. Both and the environment are passed in for tests. */
export interface Streams {
  readonly out: NodeJS.WriteStream | Writable;
  readonly err: NodeJS.WriteStream | Writable;
  readonly env: NodeJS.ProcessEnv;
}

interface Writable {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** How much is said on the way. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log file of JSON lines; `undefined` path writes nothing. */
export function openLog(path: string | undefined): { write(entry: object): void; close(): Promise<void> } {
  if (path === undefined) return { write: () => undefined, close: async () => undefined };
  const file: WriteStream = createWriteStream(path, { flags: 'a' });
  // A log that cannot be written must not end a run; the first failure is all there is to know.
  file.on('error', () => undefined);
  return {
    write: (entry) => void file.write(`${JSON.stringify(entry)}\n`),
    close: () => new Promise((resolve) => file.end(resolve)),
  };
}

/** Styles for both streams of a command. */
export function stylesOf(streams: Streams, color: 'auto' | 'always' | 'never' | undefined): { out: Style; err: Style } {
  return { out: styleFor(streams.out, streams.env, color), err: styleFor(streams.err, streams.env, color) };
}
