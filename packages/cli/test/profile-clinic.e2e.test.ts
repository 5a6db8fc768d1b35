import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const serve = `
import { createServer } from 'node:http';
const work = () => { let sum = 0; for (let i = 0; i < 2e4; i++) sum += Math.sqrt(i); return sum; };
createServer((_, response) => response.end(String(work()))).listen(0, '127.0.0.1');`;

describe('preopen profile --clinic', { timeout: 180_000 }, () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'preopen-clinic-cli-'));
    writeFileSync(join(dir, 'serve.mjs'), serve);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const profile = (tool: string, env = process.env) =>
    spawnSync(
      process.execPath,
      [bin, 'profile', '--clinic', tool, '--duration', '5s', '--output-dir', tool, '--', 'node', 'serve.mjs'],
      { cwd: dir, encoding: 'utf8', env },
    );

  it('says how to get Clinic.js where it is not installed', () => {
    const run = profile('doctor', { ...process.env, PATH: '' });
    expect(run.status).toBe(3);
    expect(run.stdout).toMatch(
      /Clinic\.js is not installed.*npm install --save-dev clinic@13.*--cpu and --allocations/,
    );
  });

  it.for(['doctor', 'flame', 'heapprofiler'])('keeps the page of %s, which loads nothing', (tool, context) => {
    if (spawnSync('clinic', ['--version']).status !== 0) context.skip('clinic is not on the path');
    const run = profile(tool);
    // A terminal breaks lines where it likes.
    const said = run.stdout.replace(/\s+/g, ' ');
    expect(said).toMatch(/it was under our load at http:\/\/127\.0\.0\.1:\d+/);
    expect(said).toContain('no verdict rests on it');
    expect(run.status).toBe(0);
    const page = readdirSync(join(dir, tool), { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith(`clinic-${tool}.html`),
    );
    const html = readFileSync(join(dir, tool, page!), 'utf8');
    expect(html.length).toBeGreaterThan(100_000);
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none'`);
  });
});
