import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const gate = 'examples/github-actions/preopen.yml';
const files = [gate, ...readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`)];

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>>;
}
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const workflowOf = (file: string): Workflow => parse(textOf(file)) as Workflow;
const stepsOf = (file: string): Step[] => Object.values(workflowOf(file).jobs).flatMap(({ steps }) => steps);
const hasActionlint = spawnSync('actionlint', ['-version']).status === 0;

describe.each(files)('%s', (file) => {
  it('is a workflow whose rights are stated, and whose jobs all come to an end', () => {
    const { on, permissions, jobs } = workflowOf(file);
    expect(on).toBeTruthy();
    expect(permissions).toBeTruthy();
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('pins each action to a commit, with the version beside it', () => {
    const lines = textOf(file)
      .split('\n')
      .filter((line) => /\buses:/.test(line));
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(stepsOf(file).filter(({ uses }) => uses !== undefined)).toHaveLength(lines.length);
  });

  it('puts nothing that others wrote into a shell', () => {
    for (const { run = '' } of stepsOf(file)) expect(run).not.toMatch(/\$\{\{/);
  });

  it.skipIf(!hasActionlint)('has no finding of actionlint (skipped where it is not installed)', () => {
    const found = spawnSync('actionlint', [join(root, file)], { encoding: 'utf8' });
    expect(found.stdout + found.stderr).toBe('');
  });
});

describe('the gate for pull requests', () => {
  const steps = stepsOf(gate);
  const work = mkdtempSync(join(tmpdir(), 'preopen-gate-'));
  afterAll(() => rmSync(work, { recursive: true }));

  it('asks the command for what the command knows', () => {
    const [, line = ''] = /^npx preopen (.*)$/.exec(steps.find(({ name }) => name === 'Judge')?.run ?? '') ?? [];
    const [command = '', ...rest] = line.split(' ');
    const bin = join(root, 'packages/cli/dist/bin.js');
    const known = spawnSync(process.execPath, [bin, command, '--help'], { encoding: 'utf8' }).stdout.split(/[\s,]+/);
    const flags = rest.filter((word) => word.startsWith('--'));
    expect(flags.length).toBeGreaterThan(3);
    for (const flag of flags) expect(known).toContain(flag);
  });

  it.each([
    ['writes a comment where there is none', '', '--method POST repos/o/r/issues/7/comments --field body=@comment.md'],
    ['writes its comment anew', '31', '--method PATCH repos/o/r/issues/comments/31 --field body=@comment.md'],
  ])('%s', (_, there, asked) => {
    mkdirSync(join(work, 'preopen-results/pr'), { recursive: true });
    writeFileSync(join(work, 'preopen-results/pr/summary.md'), '# PASSED\n');
    // In place of GitHub's command: answers the look-up, and notes what it was asked.
    writeFileSync(join(work, 'gh'), `#!/bin/sh\necho "$*" >> asked\ncase "$*" in *--jq*) echo "${there}";; esac\n`);
    chmodSync(join(work, 'gh'), 0o755);
    writeFileSync(join(work, 'asked'), '');
    const run = spawnSync(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', steps.find(({ name }) => name === 'Comment')!.run!],
      {
        cwd: work,
        encoding: 'utf8',
        env: { PATH: `${work}:${process.env.PATH}`, REPOSITORY: 'o/r', NUMBER: '7' },
      },
    );
    expect(run.stderr).toBe('');
    expect(readFileSync(join(work, 'asked'), 'utf8')).toContain(asked);
    expect(readFileSync(join(work, 'comment.md'), 'utf8')).toBe('<!-- preopen -->\n# PASSED\n');
  });
});
