import { createHash } from 'node:crypto';
import { InputError, type Marks, type ServedModel } from '@preopen/core';
import { Booster } from '@preopen/lightgbm-wasm';
import { dataAge } from './data-age.ts';
import { type FeatureTable, isDay } from './feature-table.ts';
import { type Gaps, gapsOf } from './gaps.ts';
import type { ServiceMetrics } from './metrics.ts';

/** What a service predicts with. */
export interface Served {
  readonly booster: Booster;
  /** Of the model: the same text, the same version, wherever it is served. */
  readonly version: string;
  /** Features by stock code; without it requests bring their own. */
  readonly table?: FeatureTable;
}

/** A model that is served and can be replaced while it is. */
export interface ReplaceableModel extends ServedModel {
  /**
   * Puts another model, other features or both in place at once; requests go to the old ones until then, and none is lost.
   * @throws InputError if the model takes other features; what is in service stays
   */
  replace(next: Served): void;
}

/** @throws InputError in words if the text is no LightGBM model */
export function readBooster(modelText: string): Booster {
  try {
    return Booster.load(modelText);
  } catch (cause) {
    throw new InputError(`the model cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The version of a model by its text: the first twelve digits of its SHA-256. */
export const versionOf = (modelText: string): string =>
  createHash('sha256').update(modelText).digest('hex').slice(0, 12);

/** Names of missing features in a mark; more are counted. */
const mostNames = 10;

/**
 * A LightGBM model as one that can be served: one prediction per row, or per stock where it has a table of features. Missing
 * features may be `NaN`: the trees have a branch for them. Each answer says how old its data are, and what is missing.
 * @param nowMs wall clock
 */
export function servedBooster(
  first: Served,
  name: string,
  metrics: ServiceMetrics,
  nowMs: () => number,
): ReplaceableModel {
  let { booster, version, table } = first;
  let rowOf = rowsByCode(table);
  let last: Marks = {};
  const ageOf = dataAge(nowMs);
  metrics.modelLoaded();

  const ageMarks = (date: string | undefined): Marks => {
    if (date === undefined) return {};
    const sessions = ageOf(date);
    return { data_date: date, data_age_sessions: sessions, stale: sessions > 0 };
  };
  const predict = (values: Float64Array, rows: number, date: string | undefined): Float64Array => {
    const startMs = performance.now();
    const predictions = booster.predictRows(values, rows);
    const seconds = (performance.now() - startMs) / 1000;
    const gaps = gapsOf(values, rows);
    last = { ...ageMarks(date), ...gapMarks(gaps, booster.featureNames), incomplete_rows: gaps.rows };
    metrics.predicted({
      rows,
      incompleteRows: gaps.rows,
      seconds,
      isStale: last.stale === true,
      isDegraded: gaps.features.length > 0,
    });
    return predictions;
  };
  return {
    name,
    get features() {
      return booster.featureNames.length;
    },
    predict: (values, rows, parameters) => predict(values, rows, statedDate(parameters)),
    ...(table && {
      predictStocks(codes) {
        const { values, date, names } = table!;
        const width = names.length;
        const unknown = codes.filter((code) => !rowOf.has(code));
        if (unknown.length > 0) {
          const some = `${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''}`;
          throw new InputError(`no features of ${some}; the service has ${rowOf.size} stocks of ${date}`);
        }
        const rows = new Float64Array(codes.length * width);
        codes.forEach((code, k) => {
          const from = rowOf.get(code)! * width;
          rows.set(values.subarray(from, from + width), k * width);
        });
        return predict(rows, codes.length, date);
      },
    }),
    marks: () => last,
    version: () => version,
    facts() {
      if (!table) return {};
      const { date, names, codes, values } = table;
      return { stocks: codes.length, ...ageMarks(date), ...gapMarks(gapsOf(values, codes.length), names) };
    },
    replace(next) {
      const [before, after] = [booster.featureNames, next.booster.featureNames];
      const changed = after.findIndex((feature, f) => feature !== before[f]);
      if (after.length !== before.length || changed >= 0) {
        throw new InputError(
          `the new model takes ${after.length} features${changed >= 0 ? `, of which number ${changed + 1} is “${after[changed]}”, not “${before[changed]}”` : ''}; the one in service takes ${before.length}. Start a service of its own for it.`,
        );
      }
      const old = booster;
      ({ booster, version, table } = next);
      rowOf = rowsByCode(table);
      if (old !== booster) {
        old.dispose();
        metrics.modelLoaded();
      }
    },
  };
}

function gapMarks({ features }: Gaps, names: readonly string[]): Marks {
  if (features.length === 0) return { degraded: false };
  const some = features.slice(0, mostNames).map((f) => names[f]!);
  const more = features.length > mostNames ? ` and ${features.length - mostNames} more` : '';
  return { degraded: true, missing_features: `${some.join(',')}${more}` };
}

const rowsByCode = (table: FeatureTable | undefined): Map<string, number> =>
  new Map(table?.codes.map((code, row) => [code, row]));

/** Day of the data that a client brings, as its parameter `data_date` says. @throws InputError if it is none */
function statedDate({ data_date: date }: Readonly<Record<string, unknown>>): string | undefined {
  if (date === undefined) return undefined;
  if (typeof date === 'string' && isDay(date)) return date;
  throw new InputError(`the parameter data_date is ${JSON.stringify(date)}, expected a day such as "2026-08-20"`);
}
