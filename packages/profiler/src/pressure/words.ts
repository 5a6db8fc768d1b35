import type { LimitKind } from './limit.ts';
import type { LimitFinding, PressureReport } from './pressure-sweep.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** What each kind of limit is called, for people. */
export const limitTitles: Readonly<Record<LimitKind, string>> = {
  heap: 'V8’s old space (--max-old-space-size)',
  'address-space': 'address space of each process (RLIMIT_AS)',
  'control-group': 'resident memory of all processes (control group)',
};

const endingWords = {
  whole: 'whole',
  clean: 'cleanly',
  unclean: 'NOT cleanly',
  silent: 'SILENTLY',
} as const;

function findingSentences({ kind, worksBytes, breaksBytes, breaks, slows, rungs }: LimitFinding): string[] {
  const broken = rungs.filter(({ broke }) => broke > 0);
  return [
    `${limitTitles[kind]}: it works with ${megabytes(worksBytes)}` +
      (breaksBytes === undefined ? ', the least that was tried' : ` and breaks with ${megabytes(breaksBytes)}`),
    ...breaks.map(({ ending, facts }) => `${kind}: it breaks ${endingWords[ending]}: ${facts.join('; ')}`),
    ...broken.map(({ bytes, broke, runs }) => `${kind}: with ${megabytes(bytes)} it broke in ${broke} of ${runs} runs`),
    ...(rungs.length === 0
      ? []
      : [
          slows
            ? `${kind}: it slows from ${megabytes(slows.bytes)} down, where it takes ×${slows.ratio.toFixed(2)} of the time (${slows.interval.low.toFixed(2)} to ${slows.interval.high.toFixed(2)})`
            : `${kind}: it was not slower by a tenth for sure at any of ${rungs.map(({ bytes }) => megabytes(bytes)).join(', ')}`,
        ]),
  ];
}

/** A sweep in sentences. */
export function pressureSentences({ unlimited, findings, notTried, endedEarly }: PressureReport): string[] {
  const { durationMs, peakBytes, isReproducible, files, runs } = unlimited;
  return [
    `without a limit it takes ${(durationMs / 1000).toFixed(1)} s and ${megabytes(peakBytes)} (${runs} runs)`,
    ...(endedEarly === undefined ? [] : [`ended early, with what was found until then: ${endedEarly}`]),
    ...findings.flatMap(findingSentences),
    ...notTried.map(({ kind, reason }) => `${limitTitles[kind]}: not tried: ${reason}`),
    files === 0
      ? 'it wrote nothing to {output}: torn output was not looked for'
      : isReproducible
        ? `its ${files} output files were the same bytes in two runs without a limit, and are held against these`
        : `its ${files} output files differ from run to run: they count as whole by their names and last bytes`,
  ];
}
