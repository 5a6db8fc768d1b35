import { readdirSync, readFileSync } from 'node:fs';

/** One line of the kernel's process table. */
export interface ProcStat {
  readonly pid: number;
  /** One letter; `Z` and `X` have ended and only wait to be reaped. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks from boot to the start of the process: together with the pid, its identity. */
  readonly startTicks: string;
}

/** Reads the text of `/proc/PID/stat`; the command name may itself hold blanks and brackets. Source: proc(5). */
export function parseProcStat(text: string): ProcStat | undefined {
  const nameEnd = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  if (nameEnd < 0 || !Number.isInteger(pid)) return undefined;
  const fields = text.slice(nameEnd + 2).split(' ');
  const [state] = fields;
  const [parent = Number.NaN, group = Number.NaN, session = Number.NaN] = fields.slice(1, 4).map(Number);
  // Field 22 of proc(5); two fields and the state's offset are before the cut.
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined) return undefined;
  if (![parent, group, session].every(Number.isInteger)) return undefined;
  return { pid, state, parent, group, session, startTicks };
}

/** Whether a process has not ended; one that only waits to be reaped has. */
export function isAlive(stat: ProcStat | undefined): stat is ProcStat {
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

/** The process table's line for a pid; `undefined` if there is no such process, or no `/proc`. */
export function readProcStat(pid: number): ProcStat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseProcStat(text);
}

/** The whole process table; empty where there is no `/proc`. */
export function readProcessTable(): readonly ProcStat[] {
  const table: ProcStat[] = [];
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readProcStat(Number(name));
    if (stat !== undefined) table.push(stat);
  }
  return table;
}

/** Children of a process, started by any of its threads. */
export function readChildren(pid: number): readonly number[] {
  const children: number[] = [];
  for (const thread of list(`/proc/${pid}/task`)) {
    const text = readText(`/proc/${pid}/task/${thread}/children`) ?? '';
    for (const child of text.split(' ')) if (child !== '') children.push(Number(child));
  }
  return children;
}

/** Whether a process was started with this text in its environment; false where that cannot be read. */
export function environmentHolds(pid: number, text: string): boolean {
  return readText(`/proc/${pid}/environ`)?.includes(text) ?? false;
}

/**
 * Processes that belong to a root: itself, its descendants, and whoever is in the session or group that it leads.
 * @param roots start ticks by pid; a pid that another process has taken since counts for nothing
 */
export function membersOf(
  table: readonly ProcStat[],
  roots: ReadonlyMap<number, string>,
): ReadonlyMap<number, ProcStat> {
  const members = new Map<number, ProcStat>();
  const childrenOf = new Map<number, ProcStat[]>();
  for (const stat of table) {
    const siblings = childrenOf.get(stat.parent);
    if (siblings === undefined) childrenOf.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  const add = (stat: ProcStat): void => {
    if (members.has(stat.pid)) return;
    members.set(stat.pid, stat);
    for (const child of childrenOf.get(stat.pid) ?? []) add(child);
  };
  const leaders = new Set<number>();
  for (const stat of table) {
    if (roots.get(stat.pid) !== stat.startTicks) continue;
    leaders.add(stat.pid);
    add(stat);
  }
  for (const stat of table) if (leaders.has(stat.session) || leaders.has(stat.group)) add(stat);
  return members;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string | undefined {
  // Processes come and go between the listing and the reading: what cannot be read has ended.
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
