import { mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import type { EnvironmentChange, RunningService } from '@preopen/core';
import { distEntry } from '../dist-entry.ts';
import type { FaultSite } from '../fault.ts';
import { clockFileVariable, followedSuffix, writeOffsetMs } from './clock-file.ts';
import { faketimeLibrary } from './faketime.ts';
import { pythonClock } from './python-clock.ts';

/** How the wall clock of a service is set without touching that of the machine. */
export interface ClockWay {
  /** Smallest offset that can be seen to be in effect, in milliseconds. */
  readonly leastMs: number;
  /** What the service is to be started with; the file holds the offset, and its folder is the way's own. */
  environment(file: string): EnvironmentChange;
  write(file: string, offsetMs: number): void;
  /** Whether the service runs with it, as far as that shows before the clock is off. */
  isLoaded(site: FaultSite, file: string): boolean;
  /** Whether the clock of the service is off by so much. */
  isFollowed(site: FaultSite, file: string, offsetMs: number): Promise<boolean>;
}

/** Those of the service's processes that have a file open, or mapped into their memory. */
function holdersOf(site: FaultSite, file: string): readonly number[] {
  const pids = site.processes().map(({ pid }) => pid);
  return pids.filter((pid) => {
    try {
      if (readFileSync(`/proc/${pid}/maps`, 'utf8').includes(file)) return true;
      return readdirSync(`/proc/${pid}/fd`).some((number) => linkOf(`/proc/${pid}/fd/${number}`) === file);
    } catch {
      return false;
    }
  });
}

const isHeld = (site: FaultSite, file: string): boolean => holdersOf(site, file).length > 0;

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** `Date` of a service on Node, by a module that is loaded into it. */
export const nodeClock: ClockWay = {
  leastMs: 1,
  environment: (file) => (before) => ({
    NODE_OPTIONS:
      `${before.NODE_OPTIONS ?? ''} --require "${distEntry('clock-preload').replace(/["\\]/g, '\\$&')}"`.trim(),
    [clockFileVariable]: file,
  }),
  write: writeOffsetMs,
  isLoaded: isHeld,
  isFollowed: isWitnessedByAll,
};

/** Whether each of the processes that have the file has written that its own clock is off by so much. */
async function isWitnessedByAll(site: FaultSite, file: string, offsetMs: number): Promise<boolean> {
  const pids = holdersOf(site, file);
  return pids.length > 0 && pids.every((pid) => isWitnessed(`${file}${followedSuffix}${pid}`, offsetMs));
}

/** Whether a process has written that it reads a clock that is off by so much. */
function isWitnessed(path: string, offsetMs: number): boolean {
  try {
    // Two readings of the clock, one after the other.
    return Math.abs(Number(readFileSync(path, 'utf8')) - offsetMs) <= 20;
  } catch {
    return false;
  }
}

/** `time` and `datetime` of a service on Python, by a module that it runs first. */
export const pythonClockWay: ClockWay = {
  leastMs: 1,
  environment(file) {
    writeFileSync(join(dirname(file), 'sitecustomize.py'), pythonClock);
    return ({ PYTHONPATH: before }) => ({
      PYTHONPATH: before ? `${dirname(file)}${delimiter}${before}` : dirname(file),
      [clockFileVariable]: file,
    });
  },
  write: writeOffsetMs,
  isLoaded: isHeld,
  isFollowed: isWitnessedByAll,
};

/** `Date` headers are cut to the second, and servers write them once a second. */
const dateGrainMs = 2100;

/** The wall clock of a service against ours, by the `Date` header of its answers, in milliseconds; a second exact. */
export function clockOffsetMs({ url }: RunningService): Promise<number | undefined> {
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

/** The clock of any service that asks the system by its C library, by faketime’s. */
export const faketimeClock: ClockWay = {
  leastMs: 3000,
  environment: (file) => () => ({
    LD_PRELOAD: faketimeLibrary()!,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }),
  write: (file, offsetMs) => writeFileSync(file, `${offsetMs < 0 ? '-' : '+'}${Math.abs(offsetMs) / 1000}`),
  isLoaded: () => true,
  async isFollowed({ service }, _file, offsetMs) {
    const seen = await clockOffsetMs(service);
    return seen !== undefined && Math.abs(seen - offsetMs) < dateGrainMs;
  },
};

/** A new clock file for a way, at an offset of 0. */
export function makeClockFile(way: ClockWay, folder: string): string {
  mkdirSync(folder, { recursive: true });
  // As the system names it where it lists the files of a process.
  const file = join(realpathSync(folder), 'clock');
  if (way === faketimeClock) way.write(file, 0);
  else writeOffsetMs(file, 0, 'w');
  return file;
}
