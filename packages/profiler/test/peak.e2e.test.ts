import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { systemClock } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { readProcessMemory } from '../src/proc-memory.ts';
import { type MemoryTimeline, watchMemory } from '../src/timeline.ts';

const hasProc = existsSync('/proc/self/status');
/** The interpreter itself: what stands for it on some machines is a script that starts other programs first. */
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim();

/** Watches a command until it ends. `pids` names what to watch. */
async function watchCommand(
  command: string,
  args: string[],
  pids: (root: number) => readonly number[] = (root) => [root],
): Promise<{ timeline: MemoryTimeline; output: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  const watch = watchMemory({ pids: () => pids(child.pid!), clock: systemClock });
  await new Promise((resolve) => child.on('close', resolve));
  return { timeline: watch.stop(), output };
}

describe.skipIf(!hasProc || !python)('watchMemory (needs /proc and python3)', () => {
  it('finds the peak within 1 % of the kernel’s own figure, a spike of 5 ms included', async () => {
    // The process itself says what the kernel kept as its highest resident size, and goes on for a moment.
    const script = `
import resource, time
base = bytearray(50_000_000)
for i in range(0, len(base), 4096): base[i] = 1
spike = bytearray(150_000_000)
for i in range(0, len(spike), 4096): spike[i] = 1
time.sleep(0.005)
del spike
time.sleep(0.2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)`;
    const { timeline, output } = await watchCommand(python, ['-c', script]);
    const truth = Number(output);
    expect(truth).toBeGreaterThan(200_000_000);
    expect(Math.abs(timeline.peak!.bytes / truth - 1)).toBeLessThan(0.01);
    // It ended between two looks: what it may have done since the last is said.
    expect(timeline.peak!.exactness).toBe('lower-bound');
    expect(timeline.peak!.interval!.low).toBe(timeline.peak!.bytes);
  });

  it('of processes that share memory gives an interval that holds the truth, below the plain sum', async () => {
    // A parent with 120 MB forks two children that only read: in truth there is little more than 120 MB.
    const script = `
import os, time
data = bytearray(120_000_000)
for i in range(0, len(data), 4096): data[i] = 1
children = []
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.8); os._exit(0)
    children.append(pid)
print(*children, flush=True)
for pid in children: os.waitpid(pid, 0)`;
    let output = '';
    const announced = (): number[] => output.split(/\s+/).filter(Boolean).map(Number);
    const child = spawn(python, ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    const watch = watchMemory({ pids: () => [child.pid!, ...announced()], clock: systemClock });
    await new Promise((resolve) => child.on('close', resolve));
    const { peak } = watch.stop();
    expect(peak?.processes).toBe(3);
    expect(peak?.interval?.low).toBeGreaterThan(120_000_000);
    expect(peak?.interval?.low).toBeLessThan(170_000_000);
    expect(peak?.interval?.high).toBeGreaterThan(300_000_000);
  });

  it('goes on in a thread of its own: marks, children that come later, and a spike that only the kernel saw', async () => {
    const script = `
import os, sys, time
def touched(size):
    data = bytearray(size)
    for i in range(0, size, 4096): data[i] = 1
    return data
sys.stdin.readline()
pid = os.fork()
if pid == 0:
    own = touched(60_000_000); print("child", flush=True); time.sleep(0.4); os._exit(0)
os.waitpid(pid, 0)
sys.stdin.readline()
spike = touched(300_000_000); del spike
print("spike", flush=True)
sys.stdin.readline()`;
    const child = spawn(python, ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = () => new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
    // The first look is made within the call, before it returns.
    const fromMs = systemClock.nowMs();
    const watch = watchMemory({ pids: () => [child.pid!], clock: systemClock });
    // Long enough for the thread to have taken over.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const quiet = watch.mark();
    expect(quiet.nowBytes).toBeGreaterThan(4_000_000);
    expect(watch.nowBytes()).toBe(quiet.nowBytes);
    const [alone] = await Promise.all([said(), child.stdin.write('\n')]);
    expect(alone).toBe('child');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const forked = watch.mark();
    expect(forked.peakBytes).toBeGreaterThan(quiet.nowBytes + 60_000_000);
    await Promise.all([said(), child.stdin.write('\n')]);
    const { atMs, rssBytes, processes, threads, slow, peak } = watch.stop();
    child.stdin.end('\n');
    expect(Math.max(...processes)).toBe(2);
    expect(processes.at(-1)).toBe(1);
    expect(peak!.bytes).toBeGreaterThan(300_000_000);
    expect(peak!.processes).toBeGreaterThanOrEqual(2);
    // One clock, whoever looks: times go up, and none lies beyond the run.
    expect(atMs.every((ms, k) => k === 0 || ms > atMs[k - 1]!)).toBe(true);
    expect(atMs[0]).toBeGreaterThanOrEqual(fromMs - 1);
    expect(atMs.at(-1)).toBeLessThanOrEqual(systemClock.nowMs() + 1);
    expect(rssBytes.length).toBe(atMs.length);
    expect(Math.min(...threads)).toBeGreaterThanOrEqual(1);
    expect(slow.atMs.length).toBeGreaterThan(3);
    expect(slow.cpuMs.at(-1)).toBeGreaterThan(0);
  });

  it('may end while the word that the thread is ready is on its way', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const watch = watchMemory({ pids: () => [child.pid!], clock: systemClock });
    await new Promise((resolve) => setTimeout(resolve, 520));
    const busyUntilMs = systemClock.nowMs() + 1000;
    while (systemClock.nowMs() < busyUntilMs);
    expect(watch.stop().peak?.exactness).toBe('exact');
    // What came too late would be thrown by then.
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill();
  });

  it('sees this very process', () => {
    const own = readProcessMemory(process.pid)!;
    expect(own.rssBytes).toBeGreaterThan(20_000_000);
    expect(own.peakRssBytes).toBeGreaterThanOrEqual(own.rssBytes * 0.99);
    expect(own.threads).toBeGreaterThan(1);
  });
});
