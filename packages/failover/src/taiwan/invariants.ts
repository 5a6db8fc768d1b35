import { isSame, type PredictionMap } from '../data/predictions-file.ts';

/** What must hold of an answer, whatever the market does. The names stand in metrics. */
export type Invariant =
  | 'handled'
  | 'survived'
  | 'nonFinite'
  | 'duplicated'
  | 'missing'
  | 'claimedLive'
  | 'tied'
  | 'changed'
  | 'lookAhead'
  | 'jumped'
  | 'shiftedDates'
  | 'unflaggedStale'
  | 'unflaggedLocked'
  | 'flatVolatility'
  | 'resumeJump'
  | 'lateUncounted'
  | 'restartLost'
  | 'closingMissed'
  | 'settlement'
  | 'closedAfternoon'
  | 'codeReused'
  | 'unversioned'
  | 'falseAlarm'
  | 'backwards'
  | 'outOfOrder'
  | 'ranking'
  | 'slow'
  | 'tooFew'
  | 'refused';

/** Each invariant in words. */
export const invariantSentences: Readonly<Record<Invariant, string>> = {
  handled: 'wrong data are refused, repaired, left out or named; none goes in without a word',
  survived: 'the target ends well and answers',
  nonFinite: 'every prediction is a finite number',
  duplicated: 'there is one prediction for each stock and moment',
  missing: 'every stock that trades has its prediction',
  claimedLive: 'no prediction is given for what does not trade',
  tied: 'two stocks with the same data have the same prediction',
  changed: 'what says the same in another way gives the same predictions',
  lookAhead: 'predictions before an event are those of a market in which it never comes',
  jumped: 'a corporate action moves no stock in the ranking, since its holders lost nothing',
  shiftedDates: 'no prediction is dated on a day that is no session',
  unflaggedStale: 'no prediction uses a price older than its greatest age without a flag',
  unflaggedLocked: 'no prediction for what is locked at its limit is given without a flag',
  flatVolatility: 'a price that only repeats is not read as one that does not move',
  resumeJump: 'the auction after an interruption is not read as a step from one trade to the next',
  lateUncounted: 'prints that come after later ones are counted as late',
  restartLost: 'prints after a restart of the exchange count, although their numbers begin again',
  closingMissed: 'the closing auction counts, however far clocks are off',
  settlement: 'a trade settles on the second settlement day after it, of which a day that was closed is none',
  closedAfternoon: 'a day of which only the afternoon is off is a session like any other',
  codeReused: 'a code that went to another company has none of the history of the one before',
  unversioned: 'each answer says which version of the model gave it, and another model has another version',
  falseAlarm: 'nothing that is in order is flagged or left out as stale',
  backwards: 'as-of times are those that were asked, in their order',
  outOfOrder: 'the order of rows in a request changes no prediction',
  ranking: 'what is still predicted ranks at least 70 % as well as without the fault',
  slow: '95 of 100 requests are answered within the specification’s limit',
  tooFew: 'at least as many predictions are made a second as the specification asks',
  refused: 'a right request is answered',
};

/** How often an invariant could be judged and how often it did not hold, or why it could not be judged at all. */
export type Judged = { readonly invariant: Invariant } & (
  | {
      readonly outcome: 'judged';
      readonly judged: number;
      readonly violated: number;
      /** The first violation, for people. */
      readonly example?: string;
    }
  | { readonly outcome: 'not-judged'; readonly needs: string }
);

/** Judges an invariant on each of some things. @param violation says what is wrong with one, if anything is */
export function judgeEach<T>(
  invariant: Invariant,
  things: Iterable<T>,
  violation: (thing: T) => string | undefined,
): Judged {
  let judged = 0;
  let violated = 0;
  let example: string | undefined;
  for (const thing of things) {
    judged++;
    const found = violation(thing);
    if (found === undefined) continue;
    violated++;
    example ??= found;
  }
  return { invariant, outcome: 'judged', judged, violated, ...(example === undefined ? {} : { example }) };
}

/** An invariant on one thing. */
export const judgeOne = (invariant: Invariant, violation: string | undefined): Judged =>
  judgeEach(invariant, [0], () => violation);

/** What nothing of the target shows. @param needs completes “not measured: needs …” */
export const notJudged = (invariant: Invariant, needs: string): Judged => ({ invariant, outcome: 'not-judged', needs });

/** Every prediction is finite. @param keys of predictions, for the example */
export const finitePredictions = (predictions: PredictionMap): Judged =>
  judgeEach('nonFinite', predictions, ([key, value]) =>
    Number.isFinite(value) ? undefined : `${key} is predicted as ${value}`,
  );

/** What the fault-free run predicts and is still to be predicted is there. */
export const noneMissing = (
  clean: PredictionMap,
  predictions: PredictionMap,
  isOwed: (key: string) => boolean = () => true,
): Judged =>
  judgeEach(
    'missing',
    [...clean.keys()].filter((key) => isOwed(key)),
    (key) => (predictions.has(key) ? undefined : `${key} is predicted without the fault and not with it`),
  );

/** Nothing is predicted for these stock-days. */
export const noneClaimed = (predictions: PredictionMap, dead: Iterable<string>): Judged =>
  judgeEach('claimedLive', dead, (key) => {
    const value = predictions.get(key);
    return value === undefined || Number.isNaN(value) ? undefined : `${key} did not trade and is predicted as ${value}`;
  });

/** Two runs predict the same, each key of the one under its name in the other. */
export const noneChanged = (
  expected: PredictionMap,
  predictions: PredictionMap,
  invariant: Invariant = 'changed',
): Judged =>
  judgeEach(invariant, expected, ([key, value]) => {
    const found = predictions.get(key);
    if (found === undefined) return `${key} is not predicted; expected ${value}`;
    return isSame(value, found) ? undefined : `${key} is predicted as ${found}; expected ${value}`;
  });

/** Pairs of keys with the same data have the same prediction. */
export const noneUntied = (predictions: PredictionMap, pairs: Iterable<readonly [string, string]>): Judged =>
  judgeEach('tied', pairs, ([a, b]) => {
    const [first, second] = [predictions.get(a), predictions.get(b)];
    if (first === undefined && second === undefined) return undefined;
    if (first === undefined || second === undefined)
      return `${first === undefined ? a : b} is not predicted and ${first === undefined ? b : a}, with the same data, is`;
    return isSame(first, second)
      ? undefined
      : `${a} is predicted as ${first} and ${b}, with the same data, as ${second}`;
  });

/** The first invariant that did not hold, in words. */
export function firstViolation(judged: readonly Judged[]): string | undefined {
  for (const one of judged) if (one.outcome === 'judged' && one.violated > 0) return `${one.invariant}: ${one.example}`;
  return undefined;
}

/** Adds up what several trials found of each invariant. */
export function sumJudged(all: readonly Judged[]): Judged[] {
  const byName = new Map<Invariant, Judged>();
  for (const judged of all) {
    const known = byName.get(judged.invariant);
    if (!known || known.outcome === 'not-judged') byName.set(judged.invariant, judged);
    else if (judged.outcome === 'judged') {
      const example = known.example ?? judged.example;
      byName.set(judged.invariant, {
        invariant: judged.invariant,
        outcome: 'judged',
        judged: known.judged + judged.judged,
        violated: known.violated + judged.violated,
        ...(example === undefined ? {} : { example }),
      });
    }
  }
  return [...byName.values()];
}

/** Share of the day's rank, 0 to 1, that each key has among the keys of its day; days with fewer than ten are left out. */
export function dayRanks(predictions: PredictionMap): Map<string, number> {
  const byDay = new Map<string, [string, number][]>();
  for (const [key, value] of predictions) {
    const day = key.slice(0, key.indexOf(','));
    const entries = byDay.get(day) ?? [];
    entries.push([key, value]);
    byDay.set(day, entries);
  }
  const ranks = new Map<string, number>();
  for (const entries of byDay.values()) {
    if (entries.length < 10) continue;
    entries.sort((a, b) => a[1] - b[1]);
    for (const [rank, [key]] of entries.entries()) ranks.set(key, rank / (entries.length - 1));
  }
  return ranks;
}
