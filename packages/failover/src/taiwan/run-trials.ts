import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckContext } from '@preopen/core';
import { judgePipeline, type PipelineEnd } from '../data/judge-pipeline.ts';
import { filesOf, runOn, sentenceOf } from '../data/pipeline-check.ts';
import { type DatasetFiles, readPrices } from '../data/price-table.ts';
import { type ByBoard, shownByBoard } from './by-board.ts';
import { type DayRankings, dayRankings, judgeRanking } from './degraded-ranking.ts';
import { finitePredictions, firstViolation, type Judged, judgeOne, notJudged, sumJudged } from './invariants.ts';
import type { TaiwanMarket } from './market.ts';
import type { DatasetTaiwanFault, SimulateFiles, Trial } from './taiwan-fault.ts';

/** Enough for a pipeline to train and predict; each trial is a run or two of it. */
export const trialScale = { stocks: 40, days: 63 };
/** A pipeline that does not end on a small dataset within this hangs. */
const limitMs = 120_000;

/** A file that a pipeline may leave beside its predictions: date, settlesOn. */
const settlementFile = 'settlement.csv';

type Ran = { readonly end: PipelineEnd; readonly extra: string | undefined } | 'hangs';

/** The pipeline, run once on each dataset that it is given. */
export interface TrialRunner {
  readonly files: DatasetFiles;
  readonly simulate: SimulateFiles;
  run(files: DatasetFiles): Promise<Ran>;
}

function digestOf(files: DatasetFiles): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}

/** Prepares the runs of a check; datasets are made in its folder and removed again. */
export async function trialRunner(context: CheckContext, market: TaiwanMarket): Promise<TrialRunner> {
  const dataset = await context.datasetAt!(trialScale);
  const files = await filesOf(dataset.dir);
  await rm(dataset.dir, { recursive: true, force: true });
  if (dataset.truthDir !== undefined) await rm(dataset.truthDir, { recursive: true, force: true });
  const runs = new Map<string, Promise<Ran>>();
  const markets = new Map<string, Promise<DatasetFiles>>();
  const simulated = async (scenario: string, severity: number): Promise<DatasetFiles> => {
    const script = scenario === 'limit-down-cascade' ? market.limitDownCascade : market.interruptionStorm;
    const { panel, origin } = script.simulate({ ...trialScale, seed: context.seed, severity });
    const dir = join(context.workDir, `${scenario}-${severity}`);
    try {
      await market.writeDataset(panel, dir, { source: 'simulated', origin, horizonDays: 1 });
      return await filesOf(dir);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  };
  const once = <T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  return {
    files,
    simulate: (scenario, severity) => once(markets, `${scenario} ${severity}`, () => simulated(scenario, severity)),
    run: (given) => {
      const digest = digestOf(given);
      return once(runs, digest, () => runOn(given, digest.slice(0, 16), context, limitMs, settlementFile));
    },
  };
}

/** Reads settlement days by trade date; `undefined` for a text that states none. */
function readSettlement(text: string | undefined): ReadonlyMap<string, string> | undefined {
  const [head = '', ...lines] = (text ?? '').split(/\r?\n/).filter((line) => line !== '');
  const [date, settlesOn] = ['date', 'settlesOn'].map((name) => head.split(',').indexOf(name));
  if (date === -1 || settlesOn === -1) return undefined;
  const rows = lines.map((line) => line.split(','));
  return new Map(rows.map((cells) => [cells[date!]!, cells[settlesOn!]!]));
}

/** Why a run gives nothing to compare with; `undefined` if it does. */
export function whyNoPredictions(ran: Ran): string | undefined {
  if (ran === 'hangs') return `it did not end within ${limitMs / 1000} s, and was ended`;
  const { code, signal, found, said } = ran.end;
  if (signal !== null) return `it was ended by ${signal}`;
  if (code !== 0) {
    const last = said.findLast((line) => line.trim() !== '' && !/^\s*at |^Node\.js v|^\{"stage"/.test(line));
    return `it ended with code ${code}${last === undefined ? '' : `: “${last.slice(0, 160)}”`}`;
  }
  if (!found.isThere) return found.reason;
  return found.predictions.size === 0 ? 'it predicted nothing' : undefined;
}

/** What a trial showed. */
interface JudgedTrial {
  readonly judged: readonly Judged[];
  /** Where it predicted both times. */
  readonly rankings?: DayRankings;
  readonly byBoard?: ByBoard;
  /** It would not predict from data that are wrong, and said why. */
  readonly isRefused?: boolean;
}

async function judgeTrial(trial: Trial, fault: DatasetTaiwanFault, runner: TrialRunner): Promise<JudgedTrial> {
  const without = await runner.run(trial.clean);
  const unable = whyNoPredictions(without);
  if (unable !== undefined || without === 'hangs' || !without.end.found.isThere)
    return {
      judged: fault.dataset.judges.map((invariant) =>
        notJudged(invariant, `a pipeline that predicts without the fault, too; ${unable}`),
      ),
    };
  const clean = without.end.found.predictions;
  const ran = await runner.run(trial.faulty);
  const { wrongData } = trial;
  const failed = whyNoPredictions(ran);
  if (!wrongData && failed !== undefined) return { judged: [judgeOne('survived', `${trial.title}: ${failed}`)] };
  if (ran === 'hangs') return { judged: [judgeOne('handled', `${trial.title}: ${failed}`)] };
  const saidAlways = new Set(without.end.said);
  const handling =
    wrongData &&
    (await judgePipeline(
      // What it says of right data, too, is no word about wrong ones.
      { ...ran.end, said: ran.end.said.filter((line) => !saidAlways.has(line)) },
      clean,
      wrongData,
      async () => {
        if (!wrongData.withoutWrongRows) return undefined;
        const reduced = await runner.run(wrongData.withoutWrongRows);
        return reduced !== 'hangs' && reduced.end.found.isThere ? reduced.end.found.predictions : undefined;
      },
    ));
  const { found } = ran.end;
  const judged =
    failed !== undefined || !found.isThere
      ? []
      : [
          judgeOne('survived', undefined),
          finitePredictions(found.predictions),
          judgeOne('duplicated', found.duplicates === 0 ? undefined : `${found.duplicates} second predictions`),
          ...trial.judge(clean, { ...found, settlement: readSettlement(ran.extra) }),
        ];
  const prices = readPrices(trial.clean);
  const shown =
    failed !== undefined || !found.isThere
      ? {}
      : {
          rankings: dayRankings(prices, clean, found.predictions),
          ...(trial.boards && { byBoard: shownByBoard(trial.boards, prices, clean, found.predictions) }),
        };
  if (!handling) return { judged, ...shown };
  // Of wrong data all is one question: whether they went in without a word.
  const wrong = handling.kind === 'swallowed' ? sentenceOf(handling) : firstViolation(judged);
  return {
    judged: [judgeOne('handled', wrong === undefined ? undefined : `${trial.title}: ${wrong}`)],
    ...shown,
    isRefused: handling.kind === 'refused',
  };
}

/** What a fault at an intensity made of a pipeline. */
export interface JudgedFault {
  /** By invariant. */
  readonly judged: readonly Judged[];
  readonly rankings: DayRankings;
  /** Where its trials befall one board and not the other. */
  readonly byBoard: ByBoard | undefined;
  /** It refused the data of every trial: there is nothing to rank. */
  readonly isRefused: boolean;
  /** Each trial in words. */
  readonly notes: readonly string[];
}

/** Tries a fault at an intensity on the pipeline. */
export async function judgeFault(
  fault: DatasetTaiwanFault,
  intensity: number,
  runner: TrialRunner,
  context: CheckContext,
): Promise<JudgedFault> {
  // The same stream at each intensity: more of it strikes what less of it struck, and more.
  const random = context.random(`taiwan/${fault.id}`);
  const { files, simulate } = runner;
  const trials = await fault.dataset.trials({ files, intensity, random, simulate });
  const all: Judged[] = [];
  const rankings = { without: [] as number[], with: [] as number[] };
  const notes: string[] = [];
  let byBoard: ByBoard | undefined;
  let refused = 0;
  for (const trial of trials) {
    context.signal.throwIfAborted();
    const shown = await judgeTrial(trial, fault, runner);
    const { judged, rankings: ofTrial } = shown;
    byBoard ??= shown.byBoard;
    if (shown.isRefused) refused++;
    all.push(...judged);
    rankings.without.push(...(ofTrial?.without ?? []));
    rankings.with.push(...(ofTrial?.with ?? []));
    const bad = judged.filter((one) => one.outcome === 'judged' && one.violated > 0);
    const words = bad.map((one) => (one.outcome === 'judged' ? `${one.invariant}: ${one.example}` : ''));
    notes.push(`${fault.id}, ${trial.title}: ${bad.length === 0 ? 'borne' : words.join('; ')}.`);
  }
  const isRefused = refused > 0 && refused === trials.length;
  all.push(...judgeRanking(rankings, context.random(`taiwan/${fault.id}/ranking`), isRefused));
  return { judged: sumJudged(all), rankings, byBoard, isRefused, notes };
}
