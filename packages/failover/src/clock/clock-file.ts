import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Environment variable with the file that holds by how much a service's wall clock is off. */
export const clockFileVariable = 'PREOPEN_CLOCK_FILE';

/** Beside the clock file: what a process reads on its own clock, less what is true, once it follows a new offset. */
export const followedSuffix = '.followed-';

/** Reads the offset in milliseconds: a little-endian double, which a reader finds whole or not at all. */
export function readOffsetMs(descriptor: number): number {
  const bytes = Buffer.alloc(8);
  return readSync(descriptor, bytes, 0, 8, 0) === 8 ? bytes.readDoubleLE() : 0;
}

/** Writes the offset in place: the file is open, or mapped into memory, in those who read it. */
export function writeOffsetMs(path: string, offsetMs: number, flags: 'r+' | 'w' = 'r+'): void {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(offsetMs);
  const descriptor = openSync(path, flags, 0o644);
  try {
    writeSync(descriptor, bytes, 0, 8, 0);
  } finally {
    closeSync(descriptor);
  }
}
