import { describe, expect, it } from 'vitest';
import { isAlive, membersOf, type ProcStat, parseProcStat } from '../../src/targets/proc.ts';

// A line as the kernel prints it; fields by proc(5): 1 pid, 3 state, 4 parent, 5 group, 6 session, 22 start.
const line = (name: string): string =>
  `4711 (${name}) S 1 4711 4700 0 -1 4194560 1 0 0 0 3 1 0 0 20 0 1 0 987654 1000000 500 18446744073709551615 1 1 0`;

describe('the process table', () => {
  it('is read by the fields of proc(5)', () => {
    const expected = { pid: 4711, state: 'S', parent: 1, group: 4711, session: 4700, startTicks: '987654' };
    expect(parseProcStat(line('python3'))).toEqual(expected);
  });

  it('is read right when a name holds blanks and brackets', () => {
    expect(parseProcStat(line('a) R 7 (b c'))).toEqual(parseProcStat(line('x')));
  });

  it('gives nothing for text that is not a line of it', () => {
    expect(parseProcStat('')).toBeUndefined();
    expect(parseProcStat('4711 (x) S 1')).toBeUndefined();
  });

  it('counts those as ended that only wait to be reaped', () => {
    expect(isAlive(parseProcStat(line('x').replace(') S', ') Z')))).toBe(false);
    expect(isAlive(parseProcStat(line('x')))).toBe(true);
  });
});

const proc = (pid: number, parent: number, more: Partial<ProcStat> = {}): ProcStat => ({
  pid,
  parent,
  state: 'S',
  group: 1,
  session: 1,
  startTicks: String(pid * 10),
  ...more,
});
const pids = (table: readonly ProcStat[], roots: ReadonlyMap<number, string>): number[] =>
  [...membersOf(table, roots).keys()].sort((a, b) => a - b);

describe('a process tree', () => {
  const root = new Map([[100, '1000']]);

  it('holds the root, its children and theirs, and no one else', () => {
    expect(pids([proc(100, 1), proc(101, 100), proc(102, 101), proc(103, 1), proc(104, 103)], root)).toEqual([
      100, 101, 102,
    ]);
  });

  it('holds who was left by its parent but is still in the session or group of the root, with all its children', () => {
    const table = [proc(100, 1), proc(101, 1, { session: 100 }), proc(102, 1, { group: 100 }), proc(103, 101)];
    expect(pids(table, root)).toEqual([100, 101, 102, 103]);
  });

  it('is empty when another process has the pid of the root: neither it nor its session are ours', () => {
    const stranger = proc(100, 1, { startTicks: '5555', session: 100, group: 100 });
    expect(pids([stranger, proc(101, 100, { session: 100, group: 100 })], root)).toEqual([]);
  });
});
