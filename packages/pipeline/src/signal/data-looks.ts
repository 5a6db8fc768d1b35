import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Dataset, DatasetSource, RunEvent } from '@preopen/core';

/**
 * How often real data were looked at. A figure out of sample is one for whoever sees it first; each look invites a change that
 * is chosen by it. Nobody can forbid a second look, but it can be told.
 */
export interface DataLooks {
  /** The same data, with the number of runs that measured a signal on them before. */
  counting(source: DatasetSource): DatasetSource;
  /** Told of a run's events: one that measured a signal is a look. */
  onEvent(event: RunEvent): Promise<void>;
}

interface Look {
  readonly at: string;
  readonly data: string;
  readonly check: string;
  readonly icMean: number;
}

/**
 * Keeps the count for the data at a path: by their contents, so that a copy is no new market.
 * @param path file or folder
 * @param ledger file with a line for each look; made with the first
 * @param nowMs wall clock
 */
export function dataLooks(path: string, ledger: string, nowMs: () => number): DataLooks {
  let digest: Promise<string> | undefined;
  const digestOnce = (): Promise<string> => {
    digest ??= digestOf(path);
    return digest;
  };
  return {
    counting: (source) => async (request) => {
      const dataset = await source(request);
      const data = await digestOnce();
      return { ...dataset, earlierLooks: (await readLooks(ledger)).filter((look) => look.data === data).length };
    },
    async onEvent(event) {
      if (event.type !== 'check-ended') return;
      const measured = event.result.measurements.find(({ metric }) => metric === 'ic.mean');
      if (!measured) return;
      const look: Look = {
        at: new Date(nowMs()).toISOString(),
        data: await digestOnce(),
        check: event.result.id,
        icMean: measured.value,
      };
      await mkdir(dirname(ledger), { recursive: true });
      // A run that was killed while it wrote left a line without an end: this one is not to be lost with it.
      const torn = !/(^|\n)$/.test(await readLedger(ledger));
      await appendFile(ledger, `${torn ? '\n' : ''}${JSON.stringify(look)}\n`);
    },
  };
}

/** What a report is to say of it; nothing of simulated markets, or where nobody counted. */
export function looksNotes({ earlierLooks }: Dataset): string[] {
  if (earlierLooks === undefined) return [];
  if (earlierLooks === 0) return ['no earlier run from here measured an IC on these data'];
  return [
    `${earlierLooks} earlier ${earlierLooks === 1 ? 'run' : 'runs'} from here measured an IC on these data; the more often one looks, the less out of sample it is`,
  ];
}

async function readLedger(ledger: string): Promise<string> {
  return readFile(ledger, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw cause;
  });
}

/** The looks of a ledger; lines that were not written whole are left out. */
export async function readLooks(ledger: string): Promise<Pick<Look, 'data'>[]> {
  return (await readLedger(ledger)).split('\n').flatMap((line) => {
    try {
      const { data } = Object(JSON.parse(line)) as Partial<Look>;
      return typeof data === 'string' ? [{ data }] : [];
    } catch {
      return [];
    }
  });
}

/** Of a folder: of all its files, by name. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const add = async (file: string): Promise<void> => {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  };
  if ((await stat(path)).isDirectory()) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(file.slice(path.length));
      await add(file);
    }
  } else await add(path);
  return `sha256:${hash.digest('hex')}`;
}
