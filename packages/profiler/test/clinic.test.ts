import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, systemClock } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClinic } from '../src/clinic/find-clinic.ts';
import { sealedPage } from '../src/clinic/page.ts';
import { runClinic } from '../src/clinic/run-clinic.ts';

/** Stands for Clinic.js: runs the command, writes what the real one would, and draws a page that loads a font. */
const standIn = `
const { spawnSync } = require('node:child_process'); const fs = require('node:fs');
const [tool, mode, ...rest] = process.argv.slice(2);
if (mode === '--collect-only') {
  const { status } = spawnSync(rest[2] === '--' ? rest[3] : rest[2], rest.slice(4), { stdio: 'inherit' });
  fs.writeFileSync(rest[1] + '/77.clinic-' + tool, status === 0 ? 'profile' : '');
} else fs.writeFileSync(rest[0] + '.html', '<html><head lang="en"><link href="http://fonts.example/x"></head>drawn</html>');
`;

describe('Clinic.js', () => {
  let dir: string;
  const request = (workDir: string, command: [string, ...string[]]) => ({
    tool: 'heapprofiler' as const,
    command,
    cwd: dir,
    workDir,
    signal: new AbortController().signal,
    clock: systemClock,
    load: (signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'preopen-clinic-test-'));
    const home = join(dir, 'node_modules', 'clinic');
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ name: 'clinic', version: '13.0.0', bin: { clinic: 'bin.js' } }),
    );
    writeFileSync(join(home, 'bin.js'), standIn);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is found beside the project; where it is nowhere, the message says how to get it', () => {
    expect(findClinic(dir, {})).toMatchObject({ version: '13.0.0' });
    expect(() => findClinic(tmpdir(), { PATH: '' })).toThrow(/npm install --save-dev clinic@13.*--cpu/);
  });

  it('runs the command and draws a page that may load nothing', async () => {
    const { html, notes } = await runClinic(request(mkdtempSync(join(dir, 'work-')), ['node', '-e', '0']));
    expect(html).toContain('drawn');
    expect(html).toContain(`<head lang="en"><meta http-equiv="Content-Security-Policy" content="default-src 'none'`);
    expect(notes.join()).toContain('no verdict rests on it');
  });

  it('an empty profile is refused with the reason, and so is a command that is not Node', async () => {
    const failing = runClinic(request(mkdtempSync(join(dir, 'work-')), ['node', '-e', 'process.exit(1)']));
    await expect(failing).rejects.toThrow(/collected nothing.*process\.exit\(\) or SIGTERM/);
    await expect(runClinic(request(dir, ['python3', 'train.py']))).rejects.toThrow(InputError);
  });
});

it('a page without a head is sealed as well', () => {
  expect(sealedPage('drawn')).toMatch(/^<meta http-equiv="Content-Security-Policy".*drawn$/);
});
