import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/** Ports that are listened on, by the inode of the socket; empty where `/proc` does not tell. */
function listeningSockets(): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = readFileSync(table, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      // Fields: slot, local address:port in hexadecimal, remote, state (0A is LISTEN), …, inode as the tenth.
      const fields = line.trim().split(/\s+/);
      if (fields[3] === '0A') ports.set(fields[9] ?? '', Number.parseInt(fields[1]?.split(':')[1] ?? '', 16));
    }
  }
  return ports;
}

/** What a link of `/proc` points to; `undefined` if it is gone by now. */
function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Inodes of the sockets that a process holds; none if it has ended or is not ours to look into. */
function socketsOf(pid: number | string): string[] {
  let descriptors: string[];
  try {
    descriptors = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
  return descriptors.flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkTarget(`/proc/${pid}/fd/${fd}`) ?? '')?.[1];
    return inode === undefined ? [] : [inode];
  });
}

/**
 * Processes on this machine that listen on the port of a loopback address, so that the work of a service given only by
 * URL is not taken for noise. Empty where the address is elsewhere or `/proc` does not tell.
 */
export function listeningPids(url: URL): number[] {
  if (!loopback.has(url.hostname)) return [];
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const inodes = new Set([...listeningSockets()].filter(([, heard]) => heard === port).map(([inode]) => inode));
  if (inodes.size === 0) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && socketsOf(entry).some((inode) => inodes.has(inode)))
    .map(Number);
}

/** TCP ports that these processes listen on, ascending; empty where `/proc` does not tell. */
export function listeningPorts(pids: readonly number[]): number[] {
  const portOf = listeningSockets();
  const ports = new Set(pids.flatMap(socketsOf).flatMap((inode) => portOf.get(inode) ?? []));
  return [...ports].sort((a, b) => a - b);
}
