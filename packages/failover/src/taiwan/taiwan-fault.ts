import type { Random } from '@preopen/core';
import type { PredictionMap } from '../data/predictions-file.ts';
import type { DatasetFiles } from '../data/price-table.ts';
import type { Boards } from './by-board.ts';
import type { Invariant, Judged } from './invariants.ts';

/** The failure scenarios of the Taiwan market, by number. */
export type TaiwanFaultId = `tw-${string}`;

/** What a pipeline made of data, where it ended well. */
export interface PipelineAnswer {
  readonly predictions: PredictionMap;
  readonly duplicates: number;
  /** Settlement day of each trade date, where it states them (`settlement.csv`: date, settlesOn). */
  readonly settlement: ReadonlyMap<string, string> | undefined;
}

/** One run with a fault beside one without it. */
export interface Trial {
  /** What is done, for people. */
  readonly title: string;
  readonly clean: DatasetFiles;
  readonly faulty: DatasetFiles;
  /** The data themselves are wrong: refusing them, or leaving them out, is as good as bearing them. */
  readonly wrongData?: {
    /** Where, for people; stands before “are wrong” and “went into them”. */
    readonly where: string;
    /** Words of which a message that helps holds at least one. */
    readonly subjects: readonly string[];
    readonly withoutWrongRows?: DatasetFiles;
  };
  /** Where one board is silent: what the target has for each is told apart. */
  readonly boards?: Boards;
  /** Judges what the pipeline predicts, where it ended well both times. */
  judge(clean: PredictionMap, answer: PipelineAnswer): readonly Judged[];
}

/** Makes datasets of markets in distress; the shell behind scenario objects. */
export type SimulateFiles = (
  scenario: 'limit-down-cascade' | 'interruption-storm',
  severity: number,
) => Promise<DatasetFiles>;

/** What a fault's trials are made from. */
export interface TrialRequest {
  readonly files: DatasetFiles;
  /** 0 changes nothing; 1 is the whole of it. */
  readonly intensity: number;
  readonly random: Random;
  readonly simulate: SimulateFiles;
}

/** How a failure scenario comes to a batch pipeline: in its dataset. */
export interface DatasetFace {
  /**
   * What its trials judge, beside what every pipeline owes that is given right data: to survive, with finite predictions, each
   * once. Of wrong data that is part of `handled`, since whoever refuses them predicts nothing.
   */
  readonly judges: readonly Invariant[];
  /** In all of its trials the data themselves are wrong. */
  readonly isWrongData?: true;
  /** Its trials befall one board and not the other. */
  readonly isByBoard?: true;
  trials(request: TrialRequest): Promise<readonly Trial[]> | readonly Trial[];
}

/** A failure scenario as the market has seen it. */
export interface TaiwanFault {
  readonly id: TaiwanFaultId;
  readonly title: string;
  /** What happens, where it happened, and from whom that is known. */
  readonly story: string;
  /** What grows with intensity, from nothing at 0. */
  readonly intensity: string;
}

/** A failure scenario that comes in a dataset. */
export interface DatasetTaiwanFault extends TaiwanFault {
  readonly dataset: DatasetFace;
}

/** A count that grows from 0 with intensity: never 0 above it. */
export const grown = (most: number, intensity: number): number => Math.ceil(most * intensity - 1e-9);

/** Some of the things, drawn; the same stream draws more of them, and those again, for more. */
export function drawn<T>(things: readonly T[], count: number, random: Random): T[] {
  const shuffled = random.shuffle([...things]);
  return shuffled.slice(0, Math.min(count, shuffled.length));
}
