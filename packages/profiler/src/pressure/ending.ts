import type { ProcessExit } from '@preopen/core';
import type { OutputMark } from './output-mark.ts';

/**
 * How a run under pressure ended. `whole`: as without a limit. `clean`: it failed visibly, said that memory was the reason,
 * and left no output that could be taken for whole. `unclean`: one of these is missing. `silent`: it claims success, and
 * its output is not what it is without a limit.
 */
export type Ending = 'whole' | 'clean' | 'unclean' | 'silent';

/** What a run under pressure left behind. */
export interface EndedRun {
  /** `undefined` if we ended it because it took too long. */
  readonly exit: Pick<ProcessExit, 'code' | 'signal'> | undefined;
  readonly durationMs: number;
  readonly lastWords: readonly string[];
  /** Processes that the kernel ended for want of memory. */
  readonly kills: number;
  readonly output: ReadonlyMap<string, OutputMark>;
}

/** The runs without a limit that others are held against. */
export interface UnlimitedOutput {
  readonly output: ReadonlyMap<string, OutputMark>;
  /** Whether two runs without a limit left the same bytes. */
  readonly isReproducible: boolean;
}

/** An ending, with what makes it so. */
export interface JudgedEnding {
  readonly ending: Ending;
  /** Sentences: how it ended, and what is wrong with that. */
  readonly facts: readonly string[];
}

/** What runtimes say when memory runs out: V8, the JVM, Python, C++, Go, Rust, the C library, R. */
const ofMemory =
  /out of memory|heap limit|MemoryError|allocation (of \d+ bytes )?failed|cannot allocate|ENOMEM|bad_alloc|OutOfMemory|oom.?kill|memory exhausted|Unable to allocate/i;

const wordsShown = 160;

/** Files that are neither absent nor as they are without a limit. */
export function tornFiles({ output }: Pick<EndedRun, 'output'>, unlimited: UnlimitedOutput): string[] {
  return [...unlimited.output]
    .filter(([path, whole]) => {
      const mark = output.get(path);
      if (!mark) return false;
      return unlimited.isReproducible ? mark.digest !== whole.digest : mark.lastByte !== whole.lastByte;
    })
    .map(([path]) => path);
}

/** Judges how a run ended by its exit, its words and its output. */
export function judgeEnding(run: EndedRun, unlimited: UnlimitedOutput): JudgedEnding {
  const { exit, kills, lastWords } = run;
  const torn = tornFiles(run, unlimited);
  const missing = [...unlimited.output.keys()].filter((path) => !run.output.has(path));
  const killed = kills > 0 ? [`the kernel ended ${kills === 1 ? 'a process' : `${kills} processes`} of it`] : [];
  const tornText = torn.map((path) => `${path} was left behind, and is not whole`);
  if (exit?.code === 0) {
    if (torn.length === 0 && missing.length === 0) return { ending: 'whole', facts: killed };
    const absent = missing.map((path) => `${path} is missing`);
    return {
      ending: 'silent',
      facts: ['it ended with code 0, as if all were well', ...killed, ...tornText, ...absent],
    };
  }
  const told = lastWords.find((line) => ofMemory.test(line));
  const how =
    exit === undefined
      ? `it had not ended after ${(run.durationMs / 1000).toFixed(1)} s, and we ended it`
      : `it ended with ${exit.signal ?? `code ${exit.code}`}`;
  const words =
    told === undefined ? 'it did not say that memory was the reason' : `it said “${told.trim().slice(0, wordsShown)}”`;
  const isClean = exit !== undefined && told !== undefined && torn.length === 0;
  return { ending: isClean ? 'clean' : 'unclean', facts: [how, ...killed, words, ...tornText] };
}
