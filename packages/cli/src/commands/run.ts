import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Config, type DatasetSource, InputError, serializeResults, systemClock } from '@preopen/core';
import { modelFileRequirements, upstreamRequirements } from '@preopen/failover';
import { fileDataset, simulatedDataset } from '@preopen/market-tw';
import { type DataLooks, dataLooks } from '@preopen/pipeline';
import { type Language, runReporters, tellReporters, writeCertificate, writeStepSummary } from '@preopen/report';
import { type AgentFlags, agentsWanted } from '../agents.ts';
import { keepAttempt } from '../attempt.ts';
import { builtinChecks } from '../checks.ts';
import type { ExitCode } from '../exit-codes.ts';
import { type ReporterFlags, reportersFor } from '../reporters.ts';
import { runId } from '../run-id.ts';
import { signingKey } from '../signing-key.ts';
import { type LogLevel, type Streams, stylesOf } from '../streams.ts';
import { exitCodeOf, runAtTerminal } from '../suite-shell.ts';
import { resolveSuite, unmeasurable, whereMeasured } from '../suites.ts';
import { taiwanMarket } from '../taiwan-market.ts';
import { configAt, targetNamed } from '../target-choice.ts';
import { verdictTable } from '../terminal/verdict-table.ts';
import { defaultSeed, readTool } from '../tool.ts';

/** The flags of `preopen run`, already read. */
export interface RunFlags extends AgentFlags, ReporterFlags {
  readonly suite: string;
  readonly config?: string;
  readonly target?: string;
  readonly data?: string;
  readonly stocks?: number;
  readonly days?: number;
  readonly users?: number;
  readonly seed?: number;
  readonly outputDir?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly validateRequirements?: boolean;
  readonly key?: string;
  readonly lang: Language;
  readonly json?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
  readonly logLevel: LogLevel;
  readonly logFile?: string;
}

function datasetFor(
  flags: RunFlags,
  config: Config,
  keptDir: string,
): { source: DatasetSource; simulated: boolean; looks?: DataLooks } {
  const path =
    flags.data !== undefined
      ? resolve(flags.data)
      : config.data !== undefined
        ? resolve(config.dir, config.data)
        : undefined;
  if (path === undefined) return { source: simulatedDataset(), simulated: true };
  if (!existsSync(path)) {
    throw new InputError(
      `no market data at ${path}. Give a dataset folder, or a file or folder of daily prices in a format that “preopen market convert” reads.`,
      {
        code: 'E106',
        at: path,
      },
    );
  }
  const looks = dataLooks(path, join(keptDir, 'looks.ndjson'), () => systemClock.wallMs());
  return { source: looks.counting(fileDataset(path)), simulated: false, looks };
}

/** A folder of its own for the run; a second run within one second gets the next number. */
async function outputDirFor(flags: RunFlags, config: Config, id: string): Promise<string> {
  if (flags.outputDir !== undefined) return resolve(flags.outputDir);
  if (config.outputDir !== undefined) return resolve(config.dir, config.outputDir);
  const parent = resolve('preopen-results');
  await mkdir(parent, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? id : `${id}-${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

/** `preopen run`: the composed suite on one target. */
export async function runCommand(flags: RunFlags, streams: Streams): Promise<ExitCode> {
  const config = await configAt(flags.config);
  const { target, configDir } = targetNamed(flags.target ?? config.target, config);
  const upstreams = Object.keys(target.service?.upstreams ?? {});
  const checks = builtinChecks({ agents: agentsWanted(flags), upstreams });
  const suite = resolveSuite(flags.suite, config, flags, checks, [
    ...upstreamRequirements(upstreams),
    ...(target.service?.modelFile ? modelFileRequirements(taiwanMarket) : []),
  ]);
  if (suite.checks.length === 0) throw new InputError(`suite ${suite.name} has no check left to run`, { code: 'E104' });
  const keptDir = join(config.dir, '.preopen');
  const dataset = datasetFor(flags, config, keptDir);
  const id = runId(systemClock.wallMs(), suite.name);
  const reporters = await reportersFor(flags, config, streams.env);
  const key = await signingKey(flags.key, streams.env);
  const outputDir = await outputDirFor(flags, config, id);
  const attempt = keepAttempt(keptDir, (text) => streams.err.write(text));
  const styles = stylesOf(streams, flags.color);
  // Said before the run too: it may take long, and end without a verdict on them.
  for (const problem of unmeasurable(suite, checks)) streams.err.write(`warning: ${problem}\n`);
  const end = await runAtTerminal(
    {
      suite,
      target,
      configDir,
      dataset,
      runId: id,
      seed: flags.seed ?? config.seed ?? defaultSeed,
      seedGiven: flags.seed !== undefined || config.seed !== undefined,
      outputDir,
      tool: readTool(),
      missing: (metric) => whereMeasured(metric, suite, checks),
    },
    {
      ...flags,
      outputDir,
      async onEvent(event) {
        await attempt.onEvent(event);
        await dataset.looks
          ?.onEvent(event)
          .catch((cause: Error) => streams.err.write(`This look is not counted: ${cause.message}\n`));
        tellReporters(reporters, event);
      },
    },
    streams,
    styles.err,
  );
  const { results, saveFailed } = end;
  const written: string[] = [];
  if (saveFailed === undefined) {
    await attempt.finished(results, outputDir);
    // With --json standard output holds the document alone.
    const print = (text: string): unknown => (flags.json ? streams.err : streams.out).write(text);
    const { files, problems } = await runReporters(reporters, results, { dir: outputDir, print });
    written.push(...files);
    for (const problem of problems) streams.err.write(`${problem}; the run is not touched by it\n`);
    if (flags.generateReport) {
      const { GITHUB_STEP_SUMMARY: stepSummary } = streams.env;
      if (stepSummary) await writeStepSummary(stepSummary, results, flags.lang);
      const configPath = config.path === undefined ? {} : { configPath: config.path };
      const ledgerDir = join(keptDir, 'ledger');
      const made = await writeCertificate(outputDir, { key, ledgerDir, ...configPath, nowMs: systemClock.wallMs() });
      written.push(...made.files);
    }
  }
  if (flags.json) streams.out.write(serializeResults(results));
  else {
    const shown = (name: string): string => {
      const path = relative(process.cwd(), join(outputDir, name));
      return path.startsWith('..') ? join(outputDir, name) : path;
    };
    const files = ['results.json', ...written].map((name) => `  ${name.padEnd(24)} ${shown(name)}`);
    const enforced = flags.validateRequirements
      ? ''
      : '  Verdicts are shown, not enforced; --validate-requirements makes them the exit code.\n';
    streams.out.write(`\n${verdictTable(results, styles.out)}\n${enforced}\n${files.join('\n')}\n`);
  }
  if (saveFailed !== undefined && end.signalled === undefined) {
    streams.err.write(
      `error: ${saveFailed}. What was measured until then is in ${outputDir}; free some space and run again.\n`,
    );
  }
  return exitCodeOf(end, flags.validateRequirements === true);
}
