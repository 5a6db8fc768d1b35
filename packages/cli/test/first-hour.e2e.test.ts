import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const made = aFolder('first-hour');
afterAll(() => rmSync(made, { recursive: true }));
const folder = (name: string): string => {
  const path = join(made, name);
  mkdirSync(path);
  return path;
};
const model = 'export default { features: 3, predict: (rows, count) => new Float64Array(count).fill(0.5) };\n';

describe('preopen init', () => {
  it('writes a config that runs for what it finds, and says what to do next', async () => {
    const dir = folder('module');
    writeFileSync(join(dir, 'model.mjs'), model);
    const run = preopen(['init', '--yes'], dir);
    expect(await run.ended, run.err()).toBe(0);
    expect(run.out()).toContain('model.mjs exports a model with features and predict');
    expect(run.out()).toMatch(/✓ module, service: ready after .* 3 features/);
    expect(run.out()).toContain('Next: preopen run --suite quick');
    const doctor = preopen(['doctor', '--json'], dir);
    expect(await doctor.ended, doctor.err()).toBe(0);
    expect(JSON.parse(doctor.out()).targets).toMatchObject([
      { subject: 'Config', state: 'ok' },
      { subject: 'module, service', state: 'ok' },
    ]);
  });
  it('changes nothing where there is a config already', async () => {
    const dir = folder('taken');
    writeFileSync(join(dir, 'preopen.config.json'), '{}');
    const run = preopen(['init', '--yes'], dir);
    expect(await run.ended).toBe(2);
    expect(run.err()).toContain('preopen.config.json is there already');
    expect(existsSync(join(dir, 'preopen.config.mjs'))).toBe(false);
  });
  it('says with code 4 that what it wrote does not run yet', async () => {
    const dir = folder('broken');
    writeFileSync(join(dir, 'model.mjs'), 'export default { features: 3, predict() { throw new Error("no") } };\n');
    const run = preopen(['init', '--yes'], dir);
    expect(await run.ended).toBe(4);
    expect(run.out()).toContain('✗ broken, service');
    expect(run.out()).toContain('then preopen doctor');
  });
});

describe('preopen doctor', () => {
  it('names a mistake of the config, and ends with 4', async () => {
    const dir = folder('mistake');
    writeFileSync(join(dir, 'preopen.config.json'), '{ "targts": {} }');
    const run = preopen(['doctor'], dir);
    expect(await run.ended).toBe(4);
    expect(run.out()).toContain('Did you mean targets?');
    expect(run.out()).toContain('Not fit yet: Config');
  });
});

it('a target that does not answer as it should is told as such, not as a defect of the command', async () => {
  const dir = folder('wrong-name');
  writeFileSync(join(dir, 'model.mjs'), model);
  const service = { module: './model.mjs' };
  const nobody = { url: 'http://127.0.0.1:9', model: 'x', readyTimeoutMs: 300 };
  writeFileSync(
    join(dir, 'preopen.config.json'),
    JSON.stringify({ targets: { a: { service }, b: { service: nobody } } }),
  );
  const run = preopen(['ab', 'a', 'b', '--rounds', '5', '--pairs', '20'], dir);
  expect(await run.ended).toBe(4);
  expect(run.err()).toContain('target “b” was not ready');
  expect(run.err()).not.toContain('defect');
});

/** What a shell offers after some words, with the completion script sourced. */
const offers = {
  bash: (script: string, words: readonly string[]) =>
    spawnSync('bash', [
      '--norc',
      '-c',
      `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _preopen; printf '%s\\n' "\${COMPREPLY[@]}"`,
      script,
      ...words,
    ]),
  fish: (script: string, words: readonly string[]) =>
    spawnSync('fish', ['--no-config', '-c', `source $argv[1]; complete -C "$argv[2]"`, script, words.join(' ')]),
  zsh: (script: string, words: readonly string[]) =>
    // Without a terminal the completion system does not run: its two commands are stood in for by ones that print.
    spawnSync('zsh', [
      '-f',
      '-c',
      `compdef() { }; source $1; shift; words=("$@"); CURRENT=$#;
       compadd() { shift; print -l -- $@ }; _describe() { print -l -- \${(P)2} }; _files() { }; _preopen`,
      'zsh',
      script,
      ...words,
    ]),
};

describe('preopen completion', () => {
  const script = (shell: string): string => join(made, `completion.${shell}`);
  it.each(Object.keys(offers) as (keyof typeof offers)[])('completes in %s', async (shell) => {
    const run = preopen(['completion', shell], made);
    expect(await run.ended).toBe(0);
    writeFileSync(script(shell), run.out());
    if (spawnSync(shell, ['--version']).error)
      return console.info(`${shell} is not installed here: its script was not tried`);
    const after = (...words: string[]): string => String(offers[shell](script(shell), ['preopen', ...words]).stdout);
    expect(after('')).toMatch(/^run\b/m);
    expect(after('run', '--suite', '')).toMatch(/^comprehensive\b/m);
    expect(after('market', '')).toMatch(/^calendar\b/m);
    expect(after('explain', 'ic.')).toMatch(/^ic\.mean\b/m);
    expect(after('completion', '')).toMatch(/^fish\b/m);
  });
  it('refuses a shell that it does not know', async () => {
    const run = preopen(['completion', 'tcsh'], made);
    expect(await run.ended).toBe(2);
    expect(run.err()).toContain('bash, zsh, fish');
  });
});

it('the example’s folder is recognised without its config', async () => {
  const dir = folder('stdlib');
  for (const file of ['serve.py', 'model.py', 'pipeline.py'])
    copyFileSync(new URL(`../../../examples/python-stdlib/${file}`, import.meta.url), join(dir, file));
  const run = preopen(['init', '--yes', '--no-start'], dir);
  expect(await run.ended, run.err()).toBe(0);
  const config = readFileSync(join(dir, 'preopen.config.mjs'), 'utf8');
  expect(config).toContain("command: ['python3', 'serve.py', '--port', '{port}']");
  expect(config).toContain("model: 'alpha'");
  expect(config).toContain("command: ['python3', 'pipeline.py', '{input}', '{output}']");
});
