import { readdirSync, readFileSync } from 'node:fs';
import { type Availability, available, type Fault, type FaultSite, needs } from './fault.ts';
import { needsProcesses } from './process-faults.ts';
import type { ProcessIdentity } from './processes.ts';
import { type LimitedResource, runTool } from './undo/record.ts';

/** Number of file descriptors that a process has open. */
const openDescriptors = ({ pid }: ProcessIdentity): number => readdirSync(`/proc/${pid}/fd`).length;

/** A resource limit of a process as `prlimit` tells it, such as `1024` or `unlimited`. */
function limitOf({ pid }: ProcessIdentity, resource: LimitedResource): { soft: string; hard: string } {
  const told = runTool('prlimit', ['--pid', String(pid), `--${resource}`, '--noheadings', '--output', 'SOFT,HARD']);
  const [soft, hard] = told.trim().split(/\s+/);
  if (soft === undefined || hard === undefined) throw new Error(`prlimit: unexpected answer “${told.trim()}”`);
  return { soft, hard };
}

/** Whether limits of the processes can be changed while they run; tried with the limit that is set already. */
async function canLimit(site: FaultSite, resource: LimitedResource): Promise<Availability> {
  const reachable = needsProcesses(site);
  if (!reachable.isAvailable) return reachable;
  const [process] = site.processes();
  try {
    const { soft, hard } = limitOf(process!, resource);
    runTool('prlimit', ['--pid', String(process!.pid), `--${resource}=${soft}:${hard}`]);
    return available;
  } catch (cause) {
    return needs(`the program prlimit (util-linux) and the right to use it: ${(cause as Error).message}`);
  }
}

/** Lowers a soft limit of all processes of the service for a time; the hard limit stays, so that it can be raised again. */
function limiting(how: {
  readonly id: string;
  readonly title: string;
  readonly durationMs: number;
  readonly resource: LimitedResource;
  readonly limitFor: (process: ProcessIdentity) => number;
}): Fault {
  const { resource } = how;
  return {
    id: how.id,
    title: how.title,
    touches: 'processes',
    reaches: 'target',
    durationMs: how.durationMs,
    probe: (site) => canLimit(site, resource),
    async inject(site) {
      const undos: (() => Promise<void>)[] = [];
      for (const process of site.processes()) {
        const { soft, hard } = limitOf(process, resource);
        undos.push(site.journal.before({ kind: 'limit', ...process, resource, soft, hard }));
        const limit = how.limitFor(process);
        runTool('prlimit', ['--pid', String(process.pid), `--${resource}=${limit}:${hard}`]);
        if (limitOf(process, resource).soft !== String(limit))
          throw new Error(`prlimit had no effect on ${process.pid}`);
      }
      return async () => {
        for (const undo of undos) await undo();
      };
    },
  };
}

/**
 * Lets the service open no further file, socket or pipe: its limit of descriptors is what it has open. Connections that are
 * open already go on; new ones, and files, fail with EMFILE.
 */
export function exhaustDescriptors(durationMs: number): Fault {
  return limiting({
    id: 'descriptors',
    title: `no file descriptor left for ${durationMs} ms`,
    durationMs,
    resource: 'nofile',
    limitFor: openDescriptors,
  });
}

/**
 * Lets no file of the service grow (EFBIG, as on a disk that is full), its log included. Needs no privileges, and touches no
 * other process, which filling a disk would.
 */
export function stopWrites(durationMs: number): Fault {
  return limiting({
    id: 'writes',
    title: `no file can grow for ${durationMs} ms`,
    durationMs,
    resource: 'fsize',
    limitFor: () => 0,
  });
}

/** Address space of a process, in bytes. */
function addressSpaceBytes({ pid }: ProcessIdentity): number {
  const kilobytes = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kilobytes === undefined) throw new Error(`the memory of process ${pid} cannot be read`);
  return Number(kilobytes) * 1024;
}

/**
 * Gives the service no memory beyond what it has: its address space cannot grow, and what needs more fails or ends the process.
 * Needs no privileges. A service that ends of it is started again, as by its supervisor.
 */
export function stopMemoryGrowth(durationMs: number): Fault {
  return limiting({
    id: 'memory-limit',
    title: `no memory beyond what it has for ${durationMs} ms`,
    durationMs,
    resource: 'as',
    limitFor: addressSpaceBytes,
  });
}
