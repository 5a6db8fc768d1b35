import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cExp } from '../src/model/c-exp.ts';

/** How many numbers are drawn; PREOPEN_EXP_NUMBERS=4000000 is the proof, the usual number a sample of it. */
const count = Number(process.env['PREOPEN_EXP_NUMBERS'] ?? 100_000);

/** Draws numbers in (−30, 30) and prints each with the C library's exponential, as pairs of doubles. */
const program = `
import array, math, platform, random, sys
name, version = platform.libc_ver()
if name != 'glibc' or tuple(map(int, version.split('.')[:2])) < (2, 28):
    sys.exit('the C library is ' + (name or 'unknown') + ' ' + version)
draw = random.Random(20261126)
pairs = array.array('d')
for _ in range(int(sys.argv[1])):
    x = draw.uniform(-30, 30)
    pairs.extend((x, math.exp(x)))
sys.stdout.buffer.write(pairs.tobytes())
`;

/** Pairs of a number and its exponential, or why there are none here. */
function printed(): { readonly pairs: Float64Array } | { readonly reason: string } {
  try {
    if (!/\bfma\b/.test(readFileSync('/proc/cpuinfo', 'utf8')))
      return { reason: 'the processor is not known to fuse multiplications' };
  } catch {
    return { reason: 'no /proc/cpuinfo to tell whether the processor fuses multiplications' };
  }
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', program, String(count)], {
    maxBuffer: 32 * count + 1024,
    timeout: 60_000,
  });
  if (status !== 0) return { reason: error?.message ?? String(stderr).trim() };
  return { pairs: new Float64Array(new Uint8Array(stdout).buffer) };
}

describe('the exponential function beside the C library’s own', () => {
  it('has the same bits for numbers that were drawn; V8’s has not', (context) => {
    const found = printed();
    if ('reason' in found) return context.skip(found.reason);
    const { pairs } = found;
    let ours = 0;
    let engine = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      if (cExp(pairs[i]!) !== pairs[i + 1]!) ours++;
      if (Math.exp(pairs[i]!) !== pairs[i + 1]!) engine++;
    }
    console.info(`of ${count} numbers in (−30, 30): ours differs for ${ours}, Math.exp for ${engine}`);
    expect(pairs).toHaveLength(2 * count);
    expect(ours).toBe(0);
    expect(engine).toBeGreaterThan(0);
  }, 120_000);
});
