import { readFileSync, readlinkSync } from 'node:fs';

/** Machine and process namespace: where a number of a process means the same. `undefined` where there is no `/proc`. */
function whereabouts(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Where this process is, for others to tell whether it shares their machine; empty where that cannot be known. */
export function ownPlace(): string {
  const where = whereabouts();
  return where === undefined ? '' : `${where} ${process.pid}`;
}

/** Numbers of the processes among these places that are on this machine, by the numbers that it has for them here. */
export function pidsHere(places: readonly (string | null)[], where: string | undefined = whereabouts()): number[] {
  return where === undefined
    ? []
    : places.flatMap((place) => (place?.startsWith(`${where} `) ? [Number(place.slice(where.length + 1))] : []));
}
