import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  examineTarget,
  InputError,
  loadConfig,
  type PipelineInput,
  type ServiceInput,
  systemClock,
  writeFileAtomic,
} from '@preopen/core';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { configText } from '../init/config-text.ts';
import { readFolder } from '../init/folder.ts';
import { type Guess, type Guesses, guessTargets } from '../init/guesses.ts';
import { findRunningServices, listeningPorts } from '../init/running-services.ts';
import { type Streams, stylesOf } from '../streams.ts';

/** The flags of `preopen init`. */
export interface InitFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
  /** Whether the new target is tried; commander gives `false` for `--no-start`. */
  readonly start: boolean;
}

const configName = 'preopen.config.mjs';
const others = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `preopen.config.${ending}`);

type Ask = (question: string) => Promise<string>;

/** The guess that is meant: asked for only where there is a choice and somebody to ask; it moves to the front. */
async function choose<Input>(
  what: string,
  guesses: readonly Guess<Input>[],
  ask: Ask | undefined,
): Promise<readonly Guess<Input>[]> {
  if (ask === undefined || guesses.length < 2) return guesses;
  const lines = guesses.map(({ why }, i) => `  ${i + 1}  ${why}`);
  const answer = (await ask(`Which is the ${what}?\n${lines.join('\n')}\n  0  none of them\n[1] `)).trim();
  const index = answer === '' ? 1 : Number(answer);
  if (index === 0) return [];
  const chosen = guesses[index - 1];
  if (!chosen) throw new InputError(`“${answer}” is none of 0 to ${guesses.length}. Nothing was written.`);
  return [chosen, ...guesses.filter((guess) => guess !== chosen)];
}

async function chooseAll({ services, pipelines }: Guesses, ask: Ask | undefined): Promise<Guesses> {
  return {
    services: await choose<ServiceInput>('service', services, ask),
    pipelines: await choose<PipelineInput>('pipeline', pipelines, ask),
  };
}

/** A target's name from its folder's: letters, digits and dashes. */
function targetName(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'mine' : name;
}

/** `preopen init`: looks at a folder and writes a commented config for what it finds. */
export async function initCommand(folder: string, flags: InitFlags, streams: Streams): Promise<ExitCode> {
  const dir = resolve(folder);
  if (!existsSync(dir)) throw new InputError(`no folder ${dir}. Give the folder of your project.`);
  const existing = others.find((name) => existsSync(join(dir, name)));
  if (existing !== undefined && !(flags.force && existing === configName))
    throw new InputError(
      existing === configName
        ? `${existing} is there already; --force writes it anew. Nothing was changed.`
        : `${existing} is there already, and would be read in place of a new one. Remove it first. Nothing was changed.`,
    );
  const { colors, sign } = stylesOf(streams, 'auto').out;
  const found = guessTargets(readFolder(dir));
  const running = await findRunningServices(listeningPorts());
  const isAsked = !flags.yes && process.stdin.isTTY === true && streams.err.isTTY === true;
  const talk = isAsked ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  let guesses: Guesses;
  try {
    guesses = await chooseAll(
      { services: [...found.services, ...running], pipelines: found.pipelines },
      talk && ((question) => talk.question(question)),
    );
  } finally {
    talk?.close();
  }
  const path = join(dir, configName);
  const name = targetName(dir);
  await writeFileAtomic(path, configText(name, guesses));
  const config = await loadConfig(path);
  for (const [what, [first]] of [
    ['service', guesses.services],
    ['pipeline', guesses.pipelines],
  ] as const)
    streams.out.write(first ? `${what}: ${first.why}\n` : `${what}: none found\n`);
  streams.out.write(`Written: ${path}\n`);
  const [target] = config.targets;
  const next = (command: string): void => void streams.out.write(`Next: ${colors.bold(command)}\n`);
  if (!target) {
    next('preopen run   (the reference target, until the config has one)');
    return exitCodes.ok;
  }
  if (flags.start) {
    streams.err.write('Trying it …\n');
    const signal = AbortSignal.timeout(120_000);
    const findings = await examineTarget(target, { clock: systemClock, signal, configDir: dir });
    const signs = {
      ok: colors.green(sign.pass),
      limited: colors.yellow(sign.inconclusive),
      broken: colors.red(sign.fail),
    };
    for (const { subject, state, found: what, advice } of findings)
      streams.out.write(`${signs[state]} ${subject}: ${what}${advice ? `\n  ${advice}` : ''}\n`);
    if (findings.some(({ state }) => state === 'broken')) {
      next(`edit ${configName}, then preopen doctor`);
      return exitCodes.targetNotStarted;
    }
  }
  next('preopen run --suite quick');
  return exitCodes.ok;
}
