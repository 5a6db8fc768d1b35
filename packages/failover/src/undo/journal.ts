import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { distEntry } from '../dist-entry.ts';
import { identify, lives, type ProcessIdentity } from '../processes.ts';
import { applyUndo, describeUndo, isOfProcess, parseUndoRecord, type UndoRecord } from './record.ts';

/** What faults must undo, on disk before it is done, so that it is undone whoever dies. */
export interface UndoJournal {
  /**
   * Makes the file and starts the guardian ahead of the first record: a new process takes some milliseconds of whoever asks for it,
   * which should not be those in which a fault begins.
   * @throws Error if the file cannot be written
   */
  prepare(): void;
  /**
   * Writes down, and forces to disk, how something is undone that is about to be done.
   * @returns the undo: does it and strikes the record out
   * @throws Error if it cannot be written; the fault must not be injected then
   */
  before(record: UndoRecord): () => Promise<void>;
  /** Undoes whatever is still open, the last first. @throws Error for what could not be undone; it stays in the journal */
  undoAll(): Promise<void>;
  /** Ends the journal; the file goes if nothing is open. */
  close(): Promise<void>;
}

/** What a sweep found and did. */
export interface Sweep {
  /** What was undone, for people. */
  readonly undone: readonly string[];
  /** What could not be, with the reason. */
  readonly failed: readonly string[];
}

const journalSuffix = '.undo.ndjson';

/**
 * Folder of the journals, the user's own: `PREOPEN_STATE_DIR`, else `preopen` in the XDG state folder.
 * Source: XDG Base Directory Specification 0.8
 */
export function journalFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { PREOPEN_STATE_DIR: own, XDG_STATE_HOME: state } = env;
  if (own) return own;
  return join(state && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'preopen');
}

/** Which start of the machine this is; pids of another one mean nothing. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** A journal as its file tells it. */
interface WrittenJournal {
  readonly tester: ProcessIdentity | undefined;
  /** The last first. */
  readonly open: readonly UndoRecord[];
}

/** Reads a journal; a line that was cut off by a crash was not yet followed by its fault. */
function readJournal(path: string): WrittenJournal {
  const open = new Map<number, UndoRecord>();
  let tester: ProcessIdentity | undefined;
  let isThisBoot = false;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    let entry: Record<string, unknown>;
    try {
      entry = Object(JSON.parse(line)) as Record<string, unknown>;
    } catch {
      continue;
    }
    if (entry.op === 'open') {
      isThisBoot = entry.boot === bootId();
      if (isThisBoot) tester = { pid: Number(entry.pid), startTicks: String(entry.startTicks) };
    } else if (entry.op === 'before') {
      const record = parseUndoRecord(entry.record);
      if (record && (isThisBoot || !isOfProcess(record))) open.set(Number(entry.id), record);
    } else if (entry.op === 'undone') open.delete(Number(entry.id));
  }
  return { tester, open: [...open.values()].reverse() };
}

/** Undoes what a journal says, and removes it if all of it could be. */
export async function undoJournal(path: string): Promise<Sweep> {
  const undone: string[] = [];
  const failed: string[] = [];
  for (const record of readJournal(path).open) {
    try {
      await applyUndo(record);
      undone.push(describeUndo(record));
    } catch (cause) {
      failed.push(`${describeUndo(record)}: ${(cause as Error).message}`);
    }
  }
  if (failed.length === 0) rmSync(path, { force: true });
  return { undone, failed };
}

/**
 * Undoes what testers left behind that are no longer there. Journals of testers that still run are theirs.
 * @param folder default: the user's own
 */
export async function sweepJournals(folder: string = journalFolder()): Promise<Sweep> {
  const undone: string[] = [];
  const failed: string[] = [];
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!name.endsWith(journalSuffix)) continue;
    const path = join(folder, name);
    try {
      // A journal that somebody else put there is no order to us.
      if (process.getuid && statSync(path).uid !== process.getuid()) continue;
      const { tester } = readJournal(path);
      if (tester && lives(tester)) continue;
      const swept = await undoJournal(path);
      undone.push(...swept.undone);
      failed.push(...swept.failed);
    } catch (cause) {
      // The guardian of that tester was quicker.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') failed.push(`${path}: ${(cause as Error).message}`);
    }
  }
  return { undone, failed };
}

const forced = promisify(fsync);

let journals = 0;

/**
 * Opens the journal of an experiment, after a sweep of what earlier testers left. With its first record a guardian is started,
 * a process of its own session that undoes what is open when this one is gone, for whatever reason.
 * @param folder default: the user's own
 * @throws Error if what an earlier tester left cannot be undone: another fault on top would be blamed for it
 */
export async function openJournal(folder: string = journalFolder()): Promise<UndoJournal> {
  const swept = await sweepJournals(folder);
  if (swept.failed.length > 0) {
    throw new Error(
      `an earlier run left faults that cannot be undone: ${swept.failed.join('; ')}. ` +
        'Undo them by hand, then call `preopen failover undo`.',
    );
  }
  const open = new Map<number, UndoRecord>();
  let file: number | undefined;
  let path = '';
  let guardian: ChildProcess | undefined;
  let ids = 0;

  const write = (entry: object): void => {
    writeSync(file!, `${JSON.stringify(entry)}\n`);
    fsyncSync(file!);
  };
  const begin = (): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const self = identify(process.pid);
    path = join(folder, `${process.pid}-${self?.startTicks ?? Date.now()}-${++journals}${journalSuffix}`);
    file = openSync(path, 'wx', 0o600);
    write({ op: 'open', version: 1, boot: bootId(), pid: process.pid, startTicks: self?.startTicks ?? '' });
    guardian = startGuardian(path);
  };
  const undo = async (id: number): Promise<void> => {
    const record = open.get(id);
    if (!record) return;
    await applyUndo(record);
    open.delete(id);
    // Forced without holding up the load, whose answers come in now: only a machine that crashes could lose it.
    writeSync(file!, `${JSON.stringify({ op: 'undone', id })}\n`);
    await forced(file!);
  };
  const undoAll = async (): Promise<void> => {
    const failed: string[] = [];
    for (const [id, record] of [...open].reverse()) {
      await undo(id).catch((cause: Error) => failed.push(`${describeUndo(record)}: ${cause.message}`));
    }
    if (failed.length > 0) throw new Error(`faults that could not be undone: ${failed.join('; ')}`);
  };
  return {
    prepare() {
      if (file === undefined) begin();
    },
    before(record) {
      if (!parseUndoRecord(record)) throw new Error(`no undo record: ${JSON.stringify(record)}`);
      if (file === undefined) begin();
      const id = ++ids;
      write({ op: 'before', id, record });
      open.set(id, record);
      return () => undo(id);
    },
    undoAll,
    async close() {
      if (file === undefined) return;
      closeSync(file);
      file = undefined;
      if (open.size === 0) rmSync(path, { force: true });
      // Its input ends, it finds what is open, undoes it, and ends.
      guardian?.stdin?.end();
    },
  };
}

function startGuardian(path: string): ChildProcess {
  const guardian = spawn(process.execPath, [distEntry('undo-guardian'), path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  // A pipe is a socket to Node, and would hold our event loop open.
  const { stdin } = guardian;
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  stdin?.on('error', () => {});
  // Without it the next start still sweeps.
  guardian.on('error', () => {});
  return guardian;
}
