import { readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { RunningService } from '@preopen/core';
import { type Availability, available, type Fault, needs } from './fault.ts';
import { needsProcesses } from './process-faults.ts';

/** Where distributions put the library of faketime. */
const libraryFolders = ['/usr/lib', '/usr/local/lib', '/usr/lib64', '/lib'];

/** The library of faketime; `undefined` where it is not installed. */
function faketimeLibrary(): string | undefined {
  const named = process.env.PREOPEN_FAKETIME_LIB;
  if (named) return named;
  for (const folder of libraryFolders) {
    for (const below of ['', ...subfolders(folder)]) {
      const found = join(folder, below, 'faketime');
      // The variant for threads: runtimes of services have some.
      if (list(found).includes('libfaketimeMT.so.1')) return join(found, 'libfaketimeMT.so.1');
    }
  }
  return undefined;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const subfolders = (folder: string): readonly string[] => list(folder).filter((name) => name.includes('linux'));

/** The wall clock of a service against ours, by the `Date` header of its answers, in milliseconds; a second exact. */
function clockOffsetMs({ url }: RunningService): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { agent: false, timeout: 1000 }, (response) => {
      response.resume();
      const told = Date.parse(response.headers.date ?? '');
      resolve(Number.isNaN(told) ? undefined : told - Date.now());
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', () => resolve(undefined));
    request.end();
  });
}

/** `Date` headers are cut to the second, and servers write them once a second. */
const dateGrainMs = 2100;

/**
 * Sets the wall clock of the service forward or back for a time, as a bad time server does; its monotonic clock goes on. The
 * service is started again with faketime's library beforehand, which reads the offset from a file.
 * @param offsetMs at least 3 s either way: what is smaller cannot be seen from outside, and a fault that cannot be verified is none
 */
export function skewClock(durationMs: number, offsetMs: number): Fault {
  return {
    id: 'clock',
    title: `wall clock ${Math.abs(offsetMs) / 1000} s ${offsetMs < 0 ? 'slow' : 'fast'} for ${durationMs} ms`,
    touches: 'processes',
    reaches: 'target',
    durationMs,
    async probe(site): Promise<Availability> {
      const reachable = needsProcesses(site);
      if (!reachable.isAvailable) return reachable;
      if (!site.service.restart) return needs('a service that Preopen starts itself');
      if (Math.abs(offsetMs) < 3000) return needs('an offset of at least 3 s, which can be seen from outside');
      if (faketimeLibrary() === undefined) return needs('faketime (Debian: apt-get install faketime)');
      return (await clockOffsetMs(site.service)) === undefined
        ? needs('a service that sends the Date header: nothing else tells its clock')
        : available;
    },
    async prepare(site) {
      const file = join(site.workDir, 'clock');
      writeFileSync(file, '+0');
      const service = await site.startAgain(() => ({
        LD_PRELOAD: faketimeLibrary()!,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      }));
      return { service, release: async () => undefined };
    },
    async inject(site) {
      const file = join(site.workDir, 'clock');
      writeFileSync(file, `${offsetMs < 0 ? '-' : '+'}${Math.abs(offsetMs) / 1000}`);
      const endMs = site.clock.nowMs() + dateGrainMs;
      for (;;) {
        const seen = await clockOffsetMs(site.service);
        if (seen !== undefined && Math.abs(seen - offsetMs) < dateGrainMs) break;
        if (site.clock.nowMs() > endMs)
          throw new Error(`the clock of the service did not follow: it is off by ${seen} ms`);
      }
      // The tester that dies takes the service along: nothing of this outlives it.
      return async () => writeFileSync(file, '+0');
    },
  };
}
