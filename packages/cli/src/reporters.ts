import { join, resolve } from 'node:path';
import { type Config, didYouMean, InputError, loadDefaultExport } from '@preopen/core';
import { builtinReporters, historyPoints, type Language, type Reporter, readHistory } from '@preopen/report';

/** These are always there: the table at the end, and `results.json`. */
const always = ['terminal', 'json'];

/** What the flags say of reporters. */
export interface ReporterFlags {
  /** In place of the config's. */
  readonly reporter?: readonly string[];
  /** On top of them. */
  readonly addReporter?: readonly string[];
  readonly generateReport?: boolean;
  /** Of the page and the summary. */
  readonly lang?: Language;
}

async function reporterNamed(name: string, dir: string, known: Readonly<Record<string, Reporter>>): Promise<Reporter> {
  const builtin = known[name];
  if (builtin) return builtin;
  if (!/[./\\]/.test(name)) {
    const names = [...always, ...Object.keys(known)];
    throw new InputError(
      `no reporter is called “${name}”. Known are ${names.join(', ')}; a file begins with ./${didYouMean(name, names)}`,
      { code: 'E160' },
    );
  }
  const path = resolve(dir, name);
  const loaded = await loadDefaultExport(path);
  if (typeof loaded !== 'object' || loaded === null || !('onRunEnd' in loaded || 'onEvent' in loaded))
    throw new InputError(`${path} exports no reporter by default: an object with onRunEnd or onEvent is expected.`, {
      code: 'E160',
      at: path,
    });
  return { ...(loaded as Reporter), name: (loaded as Partial<Reporter>).name ?? name };
}

/**
 * The reporters of a run: those of the flags, else of the config, else JUnit and on GitHub its annotations; the page and
 * the summary with `--generate-report`.
 * @throws InputError (E160) for a name that is not known or a file that holds no reporter
 */
export async function reportersFor(flags: ReporterFlags, config: Config, env: NodeJS.ProcessEnv): Promise<Reporter[]> {
  const usual = ['junit', ...(env.GITHUB_ACTIONS ? ['github'] : [])];
  const [names, dir] = flags.reporter ? [flags.reporter, process.cwd()] : [config.reporters ?? usual, config.dir];
  const chosen = names.map((name) => ({ name, dir }));
  const added = (flags.addReporter ?? []).map((name) => ({ name, dir: process.cwd() }));
  const pages = flags.generateReport ? ['html', 'summary'].map((name) => ({ name, dir })) : [];
  const wanted = new Map(
    [...pages, ...chosen, ...added].filter(({ name }) => !always.includes(name)).map((one) => [one.name, one]),
  );
  const known = builtinReporters({
    ...(flags.lang === undefined ? {} : { language: flags.lang }),
    historyOf: async (results) =>
      historyPoints(results, (await readHistory(join(config.dir, '.preopen', 'history'))).entries),
  });
  return Promise.all([...wanted.values()].map((one) => reporterNamed(one.name, one.dir, known)));
}
