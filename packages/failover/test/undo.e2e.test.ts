import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identify, stateOf, until } from '../src/processes.ts';
import { openJournal, sweepJournals } from '../src/undo/journal.ts';
import { parseUndoRecord } from '../src/undo/record.ts';

let folder: string;
let child: ChildProcess;
const built = new URL('../dist/index.js', import.meta.url).href;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failover-undo-'));
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const journals = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.ndjson'));

/** A tester of its own process that freezes the child and then hangs, until it is killed. */
async function freezingTester(): Promise<ChildProcess> {
  const script = `
    import { identify, openJournal } from ${JSON.stringify(built)};
    const journal = await openJournal(${JSON.stringify(folder)});
    journal.before({ kind: 'continue', ...identify(${child.pid}) });
    process.kill(${child.pid}, 'SIGSTOP');
    console.log('frozen');
    setInterval(() => {}, 1000);`;
  const tester = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => tester.stdout!.once('data', resolve));
  return tester;
}

describe('the undo journal', () => {
  it('undoes what is open, the last first, and leaves no file', async () => {
    const journal = await openJournal(folder);
    const target = join(folder, 'file');
    writeFileSync(target, '');
    chmodSync(target, 0o640);
    journal.before({ kind: 'mode', path: target, mode: 0o640 });
    chmodSync(target, 0o400);
    journal.before({ kind: 'mode', path: target, mode: 0o400 });
    chmodSync(target, 0o000);
    await journal.undoAll();
    expect(statSync(target).mode & 0o777).toBe(0o640);
    await journal.close();
    expect(journals()).toEqual([]);
  });

  it('a guardian undoes what a killed tester left', async () => {
    const tester = await freezingTester();
    const frozen = identify(child.pid!)!;
    expect(await until(() => stateOf(frozen) === 'T', 2000)).toBe(true);
    tester.kill('SIGKILL');
    expect(await until(() => stateOf(frozen) !== 'T', 5000)).toBe(true);
    expect(await until(() => journals().length === 0, 5000)).toBe(true);
  });

  it('the next start undoes what is left where the guardian was killed too, and leaves running testers alone', async () => {
    const frozen = identify(child.pid!)!;
    const running = await openJournal(folder);
    running.before({ kind: 'end', ...identify(child.pid!)! });
    // Of a tester that is gone: its pid was never given away with this start time.
    const lines = [
      {
        op: 'open',
        version: 1,
        boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
        pid: 999_999,
        startTicks: '1',
      },
      { op: 'before', id: 1, record: { kind: 'continue', ...frozen } },
    ];
    writeFileSync(
      join(folder, 'gone.undo.ndjson'),
      `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"op":"bef`,
    );
    process.kill(child.pid!, 'SIGSTOP');
    const swept = await sweepJournals(folder);
    expect(swept).toEqual({ undone: [`let process ${child.pid} go on`], failed: [] });
    expect(await until(() => stateOf(frozen) !== 'T', 2000)).toBe(true);
    expect(journals()).toHaveLength(1);
    expect(stateOf(frozen)).toBeDefined();
    await running.undoAll();
    await running.close();
  });

  it('a pid that was given away again is never signalled', async () => {
    const journal = await openJournal(folder);
    journal.before({ kind: 'end', pid: child.pid!, startTicks: '1' });
    await journal.undoAll();
    await journal.close();
    expect(identify(child.pid!)).toBeDefined();
  });

  it('refuses records that would touch anything else', () => {
    const refused = [
      { kind: 'remove', path: '/home/someone/precious' },
      { kind: 'remove', path: 'preopen-fault-x' },
      { kind: 'remove', path: '/tmp/../home/preopen-fault-x' },
      { kind: 'cgroup', path: '/tmp/preopen-fault-x' },
      { kind: 'end', pid: 1, startTicks: '5' },
      { kind: 'limit', pid: 5, startTicks: '5', resource: 'nofile', soft: '1;rm', hard: '2' },
      { kind: 'toString' },
    ];
    for (const record of refused) expect(parseUndoRecord(record), JSON.stringify(record)).toBeUndefined();
    expect(parseUndoRecord({ kind: 'remove', path: '/srv/alpha/preopen-fault-fill' })).toBeDefined();
  });

  it('keeps the folder to its user', async () => {
    const own = join(folder, 'own');
    const journal = await openJournal(own);
    mkdirSync(join(folder, 'x'));
    journal.before({ kind: 'mode', path: join(folder, 'x'), mode: 0o755 });
    expect(statSync(own).mode & 0o077).toBe(0);
    await journal.undoAll();
    await journal.close();
    expect(existsSync(own)).toBe(true);
  });
});

/** Whether file systems may be mounted here. */
function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'failover-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]).status === 0;
  if (isMounted) spawnSync('umount', [dir]);
  rmSync(dir, { recursive: true });
  return isMounted;
}

describe('the verification that kills testers', () => {
  it.runIf(canMount()).each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves no mount and no process when %s ends it',
    async (signal) => {
      const script = fileURLToPath(new URL('../scripts/verify.mjs', import.meta.url));
      const before = readFileSync('/proc/self/mounts', 'utf8');
      const verification = spawn(process.execPath, [script, 'V3'], {
        stdio: 'ignore',
        env: { ...process.env, PREOPEN_STATE_DIR: folder },
      });
      const mounted = (): string | undefined =>
        readFileSync('/proc/self/mounts', 'utf8')
          .split('\n')
          .filter((line) => !before.includes(line))
          .map((line) => line.split(' ')[1]!)
          .find((path) => path.includes('preopen-fault-verify-'));
      const ofIt = (dir: string): string[] =>
        readdirSync('/proc').filter((pid) => {
          try {
            return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/`);
          } catch {
            return false;
          }
        });
      let dir = '';
      try {
        const mount = await vi.waitUntil(mounted, { timeout: 30_000, interval: 20 });
        dir = join(mount!, '..');
        await vi.waitUntil(() => ofIt(dir).length > 0, { timeout: 30_000, interval: 20 });
      } finally {
        verification.kill(signal);
      }
      await vi.waitUntil(() => !existsSync(dir) && ofIt(dir).length === 0, { timeout: 20_000, interval: 50 });
      expect(mounted()).toBeUndefined();
    },
    90_000,
  );
});
