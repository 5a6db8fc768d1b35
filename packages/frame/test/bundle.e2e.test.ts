import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('the built bundle works in an empty folder, without TensorFlow, spreadsheets and HTTP', () => {
  const entry = new URL('../dist/index.js', import.meta.url).href;
  const script = `
    import { fromFrame, toFrame } from '${entry}';
    const frame = toFrame({ a: Float64Array.of(1, 2, 3), code: ['x', 'y', 'x'] });
    const sum = frame.groupby(['code']).col(['a']).sum();
    console.log(JSON.stringify([frame.shape, fromFrame(sum), frame.head(1).shape]));
  `;
  const cwd = mkdtempSync(join(tmpdir(), 'preopen-frame-'));
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd });
  rmSync(cwd, { recursive: true });
  const [shape, sum, head] = JSON.parse(out);
  expect(shape).toEqual([3, 2]);
  expect(sum.code).toEqual(['x', 'y']);
  expect(Object.values(sum.a_sum)).toEqual([4, 2]);
  expect(head).toEqual([1, 2]);
});
