// Peaks against what the kernel told the process itself: 50 MB, 1 GB and (with --large) 8 GB, a peak of 5 ms, a spike just
// before the end, and a tree whose pages are shared, against its control group where one can be made.
// `node scripts/verify-peaks.mjs [--large]`
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { profileMemory } from '@preopen/profiler';

const say = (text) => process.stdout.write(`${text}\n`);
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();
const workDir = mkdtempSync(join(tmpdir(), 'preopen-verify-peaks-'));
const tell = 'print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], flush=True)';
/** Anonymous memory, every page touched. */
const touched = (bytes) => `
import mmap, os, time
data = mmap.mmap(-1, ${bytes})
for i in range(0, ${bytes}, 4096): data[i] = 1
`;
const cases = [
  { name: '50 MB', script: `${touched(50e6)}time.sleep(0.2)\n${tell}`, tolerance: 0.01 },
  { name: '1 GB', script: `${touched(1e9)}time.sleep(0.2)\n${tell}`, tolerance: 0.01 },
  ...(process.argv.includes('--large')
    ? [{ name: '8 GB', script: `${touched(8e9)}${tell}`, tolerance: 0.01, needsBytes: 10e9 }]
    : []),
  {
    name: '1 GB for 5 ms',
    script: `${touched(1e9)}time.sleep(0.005)\ndata.close()\ntime.sleep(0.3)\n${tell}`,
    tolerance: 0.01,
  },
  { name: '300 MB just before the end', script: `time = 0\n${touched(3e8)}${tell}\nos._exit(0)`, tolerance: 0.01 },
];
let failures = 0;
try {
  for (const { name, script, tolerance, needsBytes = 0 } of cases) {
    if (freemem() < needsBytes) {
      say(`${name}: skipped, ${(freemem() / 1e9).toFixed(1)} GB are free and ${needsBytes / 1e9} GB needed`);
      continue;
    }
    const { timeline, lastWords } = await profileMemory(
      { kind: 'command', command: [python, '-c', script] },
      { workDir, signal: new AbortController().signal },
    );
    const truth = Number(lastWords.at(-1)) * 1024;
    const { peak } = timeline;
    const error = peak.bytes / truth - 1;
    if (!(Math.abs(error) <= tolerance)) failures++;
    say(
      `${name}: ${(peak.bytes / 1e6).toFixed(1)} MB, the process read ${(truth / 1e6).toFixed(1)} MB (${(error * 100).toFixed(3)} %), ${peak.exactness}: ${peak.source}`,
    );
  }
  // 400 MB shared by four children that write to 20 MB each: 480 MB and what the interpreters take; summed, five times as much.
  const tree = `
import os, time
data = bytearray(400_000_000)
for i in range(0, len(data), 4096): data[i] = 1
children = []
for k in range(4):
    pid = os.fork()
    if pid == 0:
        own = bytearray(20_000_000)
        for i in range(0, len(own), 4096): own[i] = 1
        time.sleep(1.5); os._exit(0)
    children.append(pid)
for pid in children: os.waitpid(pid, 0)`;
  const { timeline } = await profileMemory(
    { kind: 'command', command: [python, '-c', tree] },
    { workDir, signal: new AbortController().signal },
  );
  const { bytes, interval, source } = timeline.peak;
  const summed = timeline.rssBytes.reduce((most, sum) => Math.max(most, sum), 0);
  const width = interval.high / interval.low - 1;
  // The bounds close in only where a control group could be made; else the upper one is the sum of high-water marks.
  const hasGroup = source.includes('control group');
  if (hasGroup && width > 0.02) failures++;
  if (bytes < 480e6 || bytes > 540e6) failures++;
  say(
    `forked tree: ${(bytes / 1e6).toFixed(1)} MB, bounds ${(width * 100).toFixed(2)} % apart; sum of resident sizes ${(summed / 1e6).toFixed(0)} MB (×${(summed / bytes).toFixed(1)}); ${source}`,
  );
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
