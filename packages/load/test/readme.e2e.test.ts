import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService, systemClock } from '@preopen/core';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const [, example = ''] = /```ts\n(.*?)```/s.exec(readFileSync(`${folder}/README.md`, 'utf8')) ?? [];

it('the example of the README runs, for a shorter time, on a service that is there', async () => {
  const work = mkdtempSync(join(tmpdir(), 'load-readme-'));
  writeFileSync(
    join(work, 'model.mjs'),
    'export default { features: 2, predict: (values, rows) => new Float64Array(rows) };',
  );
  const service = await startService(
    { kind: 'module', name: 'alpha', module: './model.mjs', model: 'alpha' },
    { clock: systemClock, signal: new AbortController().signal, workDir: work, configDir: work },
  );
  try {
    const code = example.replace('http://127.0.0.1:8080', service.url.origin).replace('10_000', '1500');
    expect(code).toContain(service.url.origin);
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        out += String(text);
      });
    }
    expect(await new Promise((resolve) => child.once('close', resolve)), out).toBe(0);
    // On a busy machine the generator is late, and says so.
    expect(out).toMatch(/^(valid|generator-limited) /);
    expect(out).toContain('Generator: 1 thread, sleeping pacer');
  } finally {
    await service.stop();
    rmSync(work, { recursive: true });
  }
});
