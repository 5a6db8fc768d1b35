import { isAbsolute, join, normalize } from 'node:path';
import { type Results, type RunEvent, writeFileAtomic } from '@preopen/core';
import { csvDescription, renderCsv } from './csv.ts';
import { renderGithubAnnotations } from './github.ts';
import { renderJUnit } from './junit.ts';
import { renderOpenMetrics } from './open-metrics.ts';
import { type ReportOptions, renderReport } from './page.ts';
import { renderSummary } from './summary.ts';

/** Where a reporter leaves what it makes. */
export interface ReporterOutput {
  /** Writes a file in the run's folder, whole or not at all; `name` may not lead out of it. */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Prints for people and for CI systems that read the log. */
  print(text: string): void;
}

/**
 * Shows a run in a way of its own: `defineReporter` in a file, named in the config as `reporters: ['./mine.ts']`.
 * What it is given is frozen; it can change no verdict and no exit code, and a run goes on when it throws.
 */
export interface Reporter {
  readonly name: string;
  /** Live, while the run goes on. Never waited for. */
  onEvent?(event: RunEvent): void;
  /** Once, with the finished results. */
  onRunEnd?(results: Results, output: ReporterOutput): void | Promise<void>;
}

/** Gives a reporter its types; returns what it was given. */
export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}

const writing = (name: string, render: (results: Results) => Readonly<Record<string, string>>): Reporter => ({
  name,
  async onRunEnd(results, output) {
    for (const [file, content] of Object.entries(render(results))) await output.write(file, content);
  },
});

/** Of the page; earlier runs may be looked up when the run is over. */
interface PageOptions extends ReportOptions {
  readonly historyOf?: (results: Results) => Promise<NonNullable<ReportOptions['history']>>;
}

/**
 * The reporters that come with this package, by the name that configs use.
 * @param options of the page and the summary
 */
export const builtinReporters = (options: PageOptions = {}): Readonly<Record<string, Reporter>> => ({
  html: {
    name: 'html',
    async onRunEnd(results, output) {
      const history = await options.historyOf?.(results);
      await output.write('report.html', renderReport(results, { ...options, ...(history ? { history } : {}) }));
    },
  },
  summary: writing('summary', (results) => ({ 'summary.md': renderSummary(results, options.language) })),
  junit: writing('junit', (results) => ({ 'junit.xml': renderJUnit(results) })),
  csv: writing('csv', (results) => ({
    'measurements.csv': renderCsv(results),
    'datapackage.json': csvDescription(results),
  })),
  openmetrics: writing('openmetrics', (results) => ({ 'metrics.txt': renderOpenMetrics(results) })),
  github: { name: 'github', onRunEnd: (results, output) => output.print(renderGithubAnnotations(results)) },
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Tells live reporters of an event; one that throws is left out of that event and nothing else. */
export function tellReporters(reporters: readonly Reporter[], event: RunEvent): void {
  for (const reporter of reporters) {
    try {
      reporter.onEvent?.(event);
    } catch {
      // What a reporter makes of an event is its own affair; its end is still told.
    }
  }
}

/** How long a reporter may take with a finished run. */
const patienceMs = 30_000;

/**
 * Hands a finished run to reporters, one after the other. One that throws, hangs or misbehaves costs its own output alone.
 * @returns names of the files written, and a sentence for each reporter that failed
 */
export async function runReporters(
  reporters: readonly Reporter[],
  results: Results,
  options: { readonly dir: string; readonly print: (text: string) => void; readonly patienceMs?: number },
): Promise<{ readonly files: string[]; readonly problems: string[] }> {
  const frozen = deepFreeze(structuredClone(results));
  const files: string[] = [];
  const problems: string[] = [];
  const limitMs = options.patienceMs ?? patienceMs;
  for (const reporter of reporters) {
    const ended = new AbortController();
    const output: ReporterOutput = {
      async write(name, content) {
        if (isAbsolute(name) || normalize(name).startsWith('..'))
          throw new Error(`${name} lies outside of the run's folder`);
        if (name === 'results.json')
          throw new Error('results.json is what everything is drawn from; give the file another name');
        if (ended.signal.aborted) throw new Error('too late');
        await writeFileAtomic(join(options.dir, name), content);
        files.push(name);
      },
      print: (text) => {
        if (!ended.signal.aborted) options.print(text);
      },
    };
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs / 1000} s`)), limitMs);
      });
      await Promise.race([Promise.resolve().then(() => reporter.onRunEnd?.(frozen, output)), late]);
    } catch (cause) {
      problems.push(`the reporter ${reporter.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`);
    } finally {
      clearTimeout(timer);
      ended.abort();
    }
  }
  return { files, problems };
}
