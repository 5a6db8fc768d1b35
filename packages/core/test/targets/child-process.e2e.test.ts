import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type ProcessRequest, type StartedProcess, startProcess } from '../../src/targets/child-process.ts';
import { readChildren } from '../../src/targets/proc.ts';
import { aWorkDir, eventually, isRunning, printedPids, supportDir } from './support/processes.ts';

const start = (args: readonly string[], changes: Partial<ProcessRequest> = {}): Promise<StartedProcess> =>
  startProcess({
    name: 'mine',
    command: [process.execPath, ...args],
    cwd: supportDir,
    logDir: aWorkDir(),
    logName: 'mine',
    clock: systemClock,
    graceMs: 5000,
    ...changes,
  });

const startTree = async (...args: string[]): Promise<{ tree: StartedProcess; pids: readonly number[] }> => {
  const tree = await start(['process-tree.mjs', ...args]);
  await eventually('the tree is there', () => printedPids(tree.lastWords()).length === 4);
  return { tree, pids: printedPids(tree.lastWords()) };
};

describe('a started process', () => {
  it('tells how it ended, and its log holds both outputs', async () => {
    const child = await start(['-e', 'console.log("out"); console.error("err"); process.exit(3)']);
    expect(await child.exited).toMatchObject({ code: 3, signal: null });
    expect(child.exit()).toEqual(await child.exited);
    expect(child.lastWords().toSorted()).toEqual(['err', 'out']);
    expect(child.lastWords(1)).toHaveLength(1);
    expect(child.pids()).toEqual([]);
  });

  it('gives its lines as they come, and writes them to the log as well', async () => {
    const lines: string[] = [];
    const child = await start(['-e', 'console.log("a\\nb"); process.stdout.write("c")'], {
      onLine: (l) => lines.push(l),
    });
    await child.outputEnded;
    expect(lines).toEqual(['a', 'b', 'c']);
    expect(readFileSync(child.logPath, 'utf8')).toBe('a\nb\nc');
  });

  it('is started without a shell: what a shell would expand arrives as it is', async () => {
    const child = await start(['-e', 'console.log(process.argv[1])', '$HOME; `id` *']);
    await child.exited;
    expect(child.lastWords()).toEqual(['$HOME; `id` *']);
  });

  it('keeps the logs of earlier starts', async () => {
    const logDir = aWorkDir();
    const paths: string[] = [];
    for (const word of ['first', 'second']) {
      const child = await start(['-e', `console.log("${word}")`], { logDir });
      await child.exited;
      paths.push(child.logPath);
    }
    expect(paths).toEqual([join(logDir, 'mine.log'), join(logDir, 'mine-2.log')]);
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['first\n', 'second\n']);
  });

  it('that writes much leaves a log of it all, of which only the end is read', async () => {
    const child = await start(['-e', 'for (let i = 0; i < 200000; i++) console.log("line " + i)']);
    await child.exited;
    expect(child.lastWords(2)).toEqual(['line 199998', 'line 199999']);
  });
});

describe('what cannot be started is named', () => {
  it('a program that is not there', async () => {
    await expect(start([], { command: ['no-such-program-anywhere', '--port', '1'] })).rejects.toThrow(
      'target “mine” could not be started: the program “no-such-program-anywhere” was not found',
    );
  });

  it('a folder that is not there, which is not taken for a missing program', async () => {
    await expect(start([], { cwd: '/no/such/folder' })).rejects.toThrow('its working folder does not exist');
  });

  it('a file that cannot be run', async () => {
    const command = [join(supportDir, 'process-tree.mjs')] as const;
    await expect(start([], { command: [command[0]] })).rejects.toThrow('permission denied');
  });

  it('a log that cannot be written', async () => {
    // Below a file there can be no folder. (Below /proc Node's recursive mkdir never comes back.)
    const logDir = join(supportDir, 'process-tree.mjs', 'no');
    await expect(start([], { logDir })).rejects.toThrow('its log cannot be written');
  });
});

describe('the tree of a process', () => {
  it('holds children, grandchildren and who went to a session of its own', async () => {
    const { tree, pids } = await startTree();
    expect(tree.pids().toSorted()).toEqual(pids.toSorted());
    await tree.stop();
  });

  it('is ended as a whole, and stopping once more does nothing', async () => {
    const { tree, pids } = await startTree();
    await tree.stop();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(tree.exit()).toMatchObject({ signal: 'SIGTERM' });
    await tree.stop();
  });

  it('that ignores SIGTERM is killed after the grace period, and not before', async () => {
    const { tree, pids } = await startTree('stubborn');
    const began = performance.now();
    await tree.stop(300);
    expect(performance.now() - began).toBeGreaterThanOrEqual(300);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(tree.exit()).toMatchObject({ signal: 'SIGKILL' });
    expect(tree.lastWords()).toContain('root stays');
  });

  it('is killed at once by a second, impatient call', async () => {
    const { tree, pids } = await startTree('stubborn');
    const patient = tree.stop(60_000);
    await tree.stop(0);
    await patient;
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('that is frozen is ended too', async () => {
    const { tree, pids } = await startTree();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await tree.stop();
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('outlives the kill of its root in view, and is ended by stop', async () => {
    const { tree, pids } = await startTree();
    tree.kill('SIGKILL');
    await tree.exited;
    const [root, ...others] = pids;
    expect(isRunning(root!)).toBe(false);
    expect(tree.pids().toSorted()).toEqual(others.toSorted());
    await tree.stop();
    expect(others.filter(isRunning)).toEqual([]);
  });
});

/** Starts a tester with a service and a stubborn pipeline; gives it and the five processes of its targets. */
async function startTester(): Promise<{ tester: ChildProcess; pids: readonly number[] }> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const tester = spawn(process.execPath, ['doomed-tester.mjs', aWorkDir()], { cwd: supportDir, stdio: [...stdio] });
  const text = await new Promise<string>((resolve) => tester.stdout!.once('data', (chunk) => resolve(String(chunk))));
  const pids = printedPids([text.trim()]);
  expect(pids).toHaveLength(5);
  expect(pids.filter(isRunning)).toEqual(pids);
  return { tester, pids };
}

const guardiansOf = (tester: ChildProcess): readonly number[] =>
  readChildren(tester.pid!).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guardian.js'));

describe('a tester that is killed leaves nothing behind', () => {
  it('not even what ignores SIGTERM or left its session', async () => {
    const { tester, pids } = await startTester();
    const guardians = guardiansOf(tester);
    tester.kill('SIGKILL');
    await eventually('all have ended', () => pids.filter(isRunning).length === 0);
    await eventually('the guardian, too', () => guardians.filter(isRunning).length === 0);
  });

  it('also when its guardian was killed before: another took its place', async () => {
    const { tester, pids } = await startTester();
    const [guardian] = guardiansOf(tester);
    process.kill(guardian!, 'SIGKILL');
    await eventually('another guardian', () => guardiansOf(tester).some((pid) => pid !== guardian));
    tester.kill('SIGKILL');
    await eventually('all have ended', () => pids.filter(isRunning).length === 0);
  });
});
