import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Check,
  parseRequirement,
  type Requirement,
  type Results,
  type RunRequest,
  type Scale,
  serializeResults,
  systemClock,
} from '@preopen/core';
import { writeReports } from '@preopen/report';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { runId } from './run-id.ts';
import { type Streams, stylesOf } from './streams.ts';
import { exitCodeOf, runAtTerminal, type ShellFlags } from './suite-shell.ts';
import type { ChosenTarget } from './target-choice.ts';
import { findingsText } from './terminal/findings.ts';
import { defaultSeed, readTool } from './tool.ts';

/** The flags that all ad hoc commands have; `program/ad-hoc-flags.ts` declares them. */
export interface AdHocFlags extends ShellFlags {
  readonly config?: string;
  readonly seed?: number;
  /** Requirements to hold what is measured against; they decide the exit code. */
  readonly require?: readonly string[];
  readonly json?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
}

/** Checks that were made from flags, and what they are to be run on. */
export interface AdHoc extends ChosenTarget {
  /** Stands where a run has its suite: the command's name. */
  readonly name: string;
  readonly checks: readonly Check[];
  readonly scale?: Partial<Scale>;
  /** Beside those that the user asks for. */
  readonly requirements?: readonly Requirement[];
  /** Market data, for checks that need it. */
  readonly dataset?: RunRequest['dataset'];
}

const smallScale: Scale = { stocks: 1, days: 0, users: 1 };

/** Without a folder there are no files that the results could speak of. */
const withoutEvidence = (results: Results): Results => ({
  ...results,
  checks: results.checks.map((check) => ({ ...check, evidence: [] })),
});

/**
 * Runs checks that were made from flags through the same runner as a suite: progress on standard error; on standard output
 * the findings for people, or with `--json` the results document and nothing else. Nothing is left on disk unless
 * `--output-dir` asks for it.
 */
export async function runAdHoc(adHoc: AdHoc, flags: AdHocFlags, streams: Streams): Promise<ExitCode> {
  const { name, target, configDir, checks, dataset } = adHoc;
  const asked = (flags.require ?? []).map((expression) => parseRequirement(expression, { source: '--require' }));
  const requirements = [...asked, ...(adHoc.requirements ?? [])];
  const styles = stylesOf(streams, flags.color);
  const kept = flags.outputDir === undefined ? undefined : resolve(flags.outputDir);
  const outputDir = kept ?? (await mkdtemp(join(tmpdir(), `preopen-${name}-`)));
  try {
    const end = await runAtTerminal(
      {
        suite: { name, checks, requirements, scale: { ...smallScale, ...adHoc.scale } },
        target,
        configDir,
        ...(dataset ? { dataset } : {}),
        runId: runId(systemClock.wallMs(), name),
        seed: flags.seed ?? defaultSeed,
        seedGiven: flags.seed !== undefined,
        outputDir,
        tool: readTool(),
        missing: (metric) => `\`preopen ${name}\` does not measure ${metric}`,
      },
      flags,
      streams,
      styles.err,
    );
    const results = kept === undefined ? withoutEvidence(end.results) : end.results;
    if (kept !== undefined && end.saveFailed === undefined) await writeReports(results, kept, { html: true });
    if (flags.json) streams.out.write(serializeResults(results));
    else {
      streams.out.write(findingsText(results, styles.out));
      if (kept !== undefined) streams.out.write(`\n  ${kept}\n`);
    }
    if (end.saveFailed !== undefined) streams.err.write(`error: ${end.saveFailed}\n`);
    const code = exitCodeOf(end, asked.length > 0);
    // A suite goes on without a check that failed or measured nothing, as where an agent was lost; here it was all that was asked for.
    const isWithoutResult =
      results.checks.some(({ status }) => status !== 'completed') ||
      results.checks.every(({ measurements }) => measurements.length === 0);
    return code === exitCodes.ok && isWithoutResult ? exitCodes.undecided : code;
  } finally {
    if (kept === undefined) await rm(outputDir, { recursive: true, force: true });
  }
}
