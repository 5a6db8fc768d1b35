import { type Config, examineMachine, examineTarget, type Finding, InputError, systemClock } from '@preopen/core';
import { examineOptionalPackages } from '../doctor/optional-packages.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { configAt, targetNamed } from '../target-choice.ts';
import { type Cell, layoutTable } from '../terminal/table.ts';

/** The flags of `preopen doctor`. */
export interface DoctorFlags {
  readonly config?: string;
  readonly target?: string;
  /** Whether targets are started; commander gives `false` for `--no-start`. */
  readonly start: boolean;
  readonly json?: boolean;
}

function configFinding({ path, targets }: Config): Finding {
  return path === undefined
    ? {
        subject: 'Config',
        state: 'limited',
        found: 'none from here upwards',
        advice: 'preopen init writes one; without it the reference target is measured.',
      }
    : {
        subject: 'Config',
        state: 'ok',
        found: `${path}, ${targets.length} ${targets.length === 1 ? 'target' : 'targets'}`,
      };
}

async function examineTargets({ config: given, target, start }: DoctorFlags, signal: AbortSignal): Promise<Finding[]> {
  let config: Config;
  try {
    config = await configAt(given);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    return [{ subject: 'Config', state: 'broken', found: cause.message }];
  }
  const chosen =
    target === undefined
      ? config.targets.map((one) => ({ target: one, configDir: config.dir }))
      : [targetNamed(target, config)];
  const found = [configFinding(config)];
  if (!start) return found;
  for (const { target: one, configDir } of chosen)
    found.push(...(await examineTarget(one, { clock: systemClock, signal, configDir })));
  return found;
}

const signs = { ok: 'pass', limited: 'inconclusive', broken: 'fail' } as const;

/** What the findings mean for whoever waits for the command. */
function exitCodeOf(machine: readonly Finding[], targets: readonly Finding[]): ExitCode {
  const isBroken = ({ state }: Finding): boolean => state === 'broken';
  if (machine.some(isBroken)) return exitCodes.failed;
  return targets.some(isBroken) ? exitCodes.targetNotStarted : exitCodes.ok;
}

/** `preopen doctor`: what this machine, its packages and the targets are fit for, before anything is measured. */
export async function doctorCommand(flags: DoctorFlags, streams: Streams): Promise<ExitCode> {
  const user = new AbortController();
  const onSignal = (): void => user.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal);
  const { colors, sign, columns } = stylesOf(streams, 'auto').out;
  const paint = { ok: colors.green, limited: colors.yellow, broken: colors.red };
  const show = (title: string, findings: readonly Finding[]): void => {
    if (flags.json) return;
    const rows = findings.map(({ subject, state, found, advice }): Cell[] => [
      { text: sign[signs[state]], paint: paint[state] },
      { text: subject },
      { text: advice === undefined ? found : `${found}\n${advice}` },
    ]);
    streams.out.write(`${colors.bold(title)}\n${layoutTable(rows, columns).join('\n')}\n\n`);
  };
  try {
    streams.err.write('Listening for other work on this machine, two seconds …\n');
    const machine = await examineMachine({ clock: systemClock, signal: user.signal });
    show('This machine', machine);
    const packages = examineOptionalPackages(process.cwd());
    show('Optional packages', packages);
    const targets = await examineTargets(flags, user.signal);
    show('Targets', targets);
    const broken = [...machine, ...targets].filter(({ state }) => state === 'broken');
    streams.out.write(
      flags.json
        ? `${JSON.stringify({ machine, packages, targets }, null, 2)}\n`
        : broken.length > 0
          ? `${colors.red('Not fit yet')}: ${broken.map(({ subject }) => subject).join('; ')}.\n`
          : `${colors.green('Fit to measure')}.\n`,
    );
    return exitCodeOf(machine, targets);
  } catch (cause) {
    if (user.signal.aborted) return exitCodes.interrupted;
    throw cause;
  } finally {
    process.off('SIGINT', onSignal);
  }
}
