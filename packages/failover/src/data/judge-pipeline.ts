import { isSame, type PredictionMap, type PredictionsFound } from './predictions-file.ts';

/** What a pipeline did with data that are wrong. */
export type Handling =
  /** It ended with an error and said why. */
  | { readonly kind: 'refused'; readonly said: string }
  /** It predicts what it predicts from right data. */
  | { readonly kind: 'repaired' }
  /** It predicts what it predicts without the wrong rows. */
  | { readonly kind: 'left-out' }
  /** It went on and said what it met. */
  | { readonly kind: 'warned'; readonly said: string }
  /** It failed, or went on, in a way that nobody can rely on. @property sentence says which, and why that is bad */
  | { readonly kind: 'swallowed'; readonly sentence: string };

/** How a pipeline ended. */
export interface PipelineEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** All that it said, line by line. */
  readonly said: readonly string[];
  readonly found: PredictionsFound;
}

/** Whether two runs predicted the same for the same stocks and days. */
export function samePredictions(a: PredictionMap, b: PredictionMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !isSame(value, b.get(key)!)) return false;
  return true;
}

const warningWords =
  /warn|ignor|drop|skip|invalid|reject|suspicious|duplicat|discard|malformed|not finite|expected|bad\b/i;

/** A line that says what is wrong: a word of warning, and one of what it is about. */
function warningIn(said: readonly string[], subjects: readonly string[]): string | undefined {
  return said.find((line) => warningWords.test(line) && subjects.some((subject) => line.includes(subject)));
}

/** A line of a stage, or of where in a program an error was thrown, tells nobody what is wrong with the data. */
const isFrame = (line: string): boolean => /^\s*(at |File "|\{"stage")|^Node\.js v|^\s*\^|^Traceback/.test(line);

/**
 * Judges what a pipeline did with wrong data, against what it did with right ones.
 * @param withoutWrongRows predictions from the data without the wrong rows; asked only where it matters
 */
export async function judgePipeline(
  end: PipelineEnd,
  clean: PredictionMap,
  { subjects, where }: { readonly subjects: readonly string[]; readonly where: string },
  withoutWrongRows: () => Promise<PredictionMap | undefined>,
): Promise<Handling> {
  const swallowed = (sentence: string): Handling => ({ kind: 'swallowed', sentence });
  const words = end.said.filter((line) => line.trim() !== '' && !isFrame(line));
  if (end.signal !== null) return swallowed(`it was ended by ${end.signal} instead of refusing its data`);
  if (end.code !== 0) {
    if (end.found.isThere)
      return swallowed(`it ended with code ${end.code} and left predictions behind that can be taken for good`);
    const said = words.findLast((line) => subjects.some((subject) => line.includes(subject)));
    if (said !== undefined) return { kind: 'refused', said };
    const last = words.at(-1);
    return swallowed(
      `it ended with code ${end.code} and ${last === undefined ? 'said nothing' : `said only “${last.slice(0, 160)}”`}: nobody learns that ${where} are wrong`,
    );
  }
  if (!end.found.isThere) return swallowed(`it ended with code 0, but ${end.found.reason}`);
  const { predictions } = end.found;
  if (predictions.size === 0) return swallowed('it ended with code 0 and predicted nothing');
  const notFinite = [...predictions.values()].filter((value) => !Number.isFinite(value)).length;
  if (notFinite > 0)
    return swallowed(`it ended with code 0, and ${notFinite} of ${predictions.size} predictions are not finite`);
  if (samePredictions(predictions, clean)) return { kind: 'repaired' };
  const reduced = await withoutWrongRows();
  if (reduced && samePredictions(predictions, reduced)) return { kind: 'left-out' };
  const said = warningIn(words, subjects);
  if (said !== undefined) return { kind: 'warned', said };
  const missing = [...clean.keys()].filter((key) => !predictions.has(key)).length;
  return swallowed(
    missing > 0
      ? `it ended with code 0 and without a word, and ${missing} of ${clean.size} predictions are missing`
      : `it ended with code 0 and without a word, and its predictions are neither those from right data${reduced ? ' nor those without the wrong rows' : ''}: ${where} went into them`,
  );
}
