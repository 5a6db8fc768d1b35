import { InputError, type ServedModel } from '@preopen/core';
import { Booster } from '@preopen/lightgbm-wasm';
import type { ServiceMetrics } from './metrics.ts';

/** A model that is served and can be replaced while it is. */
export interface ReplaceableModel extends ServedModel {
  /**
   * Puts another model in place. It is read first; requests go to the old one until it is whole, and none is lost.
   * @throws InputError if the text is no model, or one of other features; the old one stays
   */
  replace(modelText: string): void;
}

/** @throws InputError in words if the text is no LightGBM model */
export function readBooster(modelText: string): Booster {
  try {
    return Booster.load(modelText);
  } catch (cause) {
    throw new InputError(`the model cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** A LightGBM model as one that can be served: one prediction per row. Missing features may be `NaN`. */
export function servedBooster(first: Booster, name: string, metrics: ServiceMetrics): ReplaceableModel {
  let booster = first;
  metrics.modelLoaded();
  return {
    name,
    get features() {
      return booster.featureNames.length;
    },
    predict(values, rows) {
      const startMs = performance.now();
      const predictions = booster.predictRows(values, rows);
      metrics.predicted(rows, rowsWithGaps(values, rows), (performance.now() - startMs) / 1000);
      return predictions;
    },
    replace(modelText) {
      const next = readBooster(modelText);
      const [before, after] = [booster.featureNames, next.featureNames];
      const changed = after.findIndex((feature, f) => feature !== before[f]);
      if (after.length !== before.length || changed >= 0) {
        next.dispose();
        throw new InputError(
          `the new model takes ${after.length} features${changed >= 0 ? `, of which number ${changed + 1} is “${after[changed]}”, not “${before[changed]}”` : ''}; the one in service takes ${before.length}. Start a service of its own for it.`,
        );
      }
      const old = booster;
      booster = next;
      old.dispose();
      metrics.modelLoaded();
    },
  };
}

/** Rows of which a feature is missing: what they get is a guess from the rest. */
function rowsWithGaps(values: Float64Array, rows: number): number {
  const width = rows === 0 ? 0 : values.length / rows;
  let count = 0;
  for (let row = 0; row < rows; row++) {
    for (let at = row * width; at < (row + 1) * width; at++) {
      if (!Number.isNaN(values[at]!)) continue;
      count++;
      break;
    }
  }
  return count;
}
