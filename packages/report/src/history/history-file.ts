import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import type { HistoryEntry } from './history-entry.ts';

const fileName = 'runs.ndjson';
const checksum = (json: string): string => createHash('sha256').update(json).digest('hex').slice(0, 16);

/** Whether the file's last line was never ended: its writer died in the middle of it. */
async function endsTorn(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  } finally {
    await file.close();
  }
}

/**
 * Adds a run to the history: one line, written at once to the end of the file, so that lines of writers at the same time
 * never run into each other. A line that a dead writer left unfinished is ended first and stays behind as it is.
 */
export async function appendHistory(dir: string, entry: HistoryEntry): Promise<void> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, fileName);
  const json = JSON.stringify(entry);
  const line = `{"sha256":"${checksum(json)}","run":${json}}\n`;
  await appendFile(path, (await endsTorn(path)) ? `\n${line}` : line);
}

/** What a history folder holds, and the lines of it that cannot be relied on. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly problems: readonly string[];
}

/**
 * Reads a history; a torn or changed line is named and left out, whatever stands around it. Empty where there is none.
 * @throws InputError (E122) for one that is there and cannot be read
 */
export async function readHistory(dir: string): Promise<History> {
  const text = await readFile(join(dir, fileName), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw new InputError(`the history in ${dir} cannot be read: ${cause.message}.`, { code: 'E122', at: dir, cause });
  });
  const entries: HistoryEntry[] = [];
  const problems: string[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const entry = readLine(line);
    if (entry) entries.push(entry);
    else problems.push(`line ${i + 1} is torn or was changed; it is left out`);
  }
  return { entries, problems };
}

function readLine(line: string): HistoryEntry | undefined {
  try {
    const { sha256, run } = JSON.parse(line) as { sha256: unknown; run: HistoryEntry };
    return sha256 === checksum(JSON.stringify(run)) ? run : undefined;
  } catch {
    return undefined;
  }
}
