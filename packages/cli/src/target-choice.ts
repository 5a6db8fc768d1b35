import {
  type AddressOptions,
  type Config,
  didYouMean,
  findConfig,
  InputError,
  isAddress,
  loadConfig,
  parseConfig,
  type TargetConfig,
  targetAtAddress,
} from '@preopen/core';
import { referenceTarget } from '@preopen/pipeline';

/** A target and where its relative paths start. */
export interface ChosenTarget {
  readonly target: TargetConfig;
  readonly configDir: string;
}

/** The config that is named, or found from the current folder upwards; an empty one where there is none. */
export async function configAt(given: string | undefined): Promise<Config> {
  const path = given ?? (await findConfig(process.cwd()));
  return path === undefined ? parseConfig({}, { path: undefined, dir: process.cwd() }) : loadConfig(path);
}

/**
 * The target that is asked for by name or comes first; without any in the config, the reference.
 * @throws InputError (E105) for a name that is not known
 */
export function targetNamed(wanted: string | undefined, config: Config): ChosenTarget {
  const reference = referenceTarget();
  if (wanted === undefined) {
    const first = config.targets[0];
    return first ? { target: first, configDir: config.dir } : { target: reference, configDir: process.cwd() };
  }
  const found = config.targets.find(({ name }) => name === wanted);
  if (found) return { target: found, configDir: config.dir };
  if (wanted === reference.name) return { target: reference, configDir: process.cwd() };
  const names = [...config.targets.map(({ name }) => name), reference.name];
  throw new InputError(`no target is called “${wanted}”. Known are ${names.join(', ')}.${didYouMean(wanted, names)}`, {
    code: 'E105',
  });
}

/** A target of the config by name, or whatever answers at an address. */
export async function targetOrAddress(
  wanted: string | undefined,
  config: Config,
  options: AddressOptions,
  signal: AbortSignal,
): Promise<ChosenTarget> {
  return wanted !== undefined && isAddress(wanted)
    ? { target: await targetAtAddress(wanted, options, signal), configDir: process.cwd() }
    : targetNamed(wanted ?? config.target, config);
}
