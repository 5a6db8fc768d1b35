import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/**
 * Processes on this machine that listen on the port of a loopback address, so that the work of a service given only by
 * URL is not taken for noise. Empty where the address is elsewhere or `/proc` does not tell.
 */
export function listeningPids(url: URL): number[] {
  if (!loopback.has(url.hostname)) return [];
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const inodes = new Set<string>();
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
      if (fields[3] === '0A' && Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
        inodes.add(fields[9] ?? '');
    }
  }
  if (inodes.size === 0) return [];
  const pids: number[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    try {
      const holds = readdirSync(`/proc/${entry}/fd`).some((fd) => {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${entry}/fd/${fd}`))?.[1];
        return inode !== undefined && inodes.has(inode);
      });
      if (holds) pids.push(pid);
    } catch {
      // The process has ended, or is not ours to look into.
    }
  }
  return pids;
}
