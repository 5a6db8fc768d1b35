import { InputError, type ServedModel, type ServeOptions, serveModel } from '@preopen/core';
import { Booster } from '@preopen/lightgbm-wasm';
import { simulatedHorizonDays, simulateMarket } from '@preopen/market-tw';
import { computeFeatures } from './features.ts';
import { rankedLabel, trainModel } from './model.ts';

/** Scale of the market that a model is trained on where none is given: about a second of work. */
const ownTraining = { stocks: 150, days: 90, seed: 42 };

/** A LightGBM model as a model that can be served: one prediction per row. */
export function servedBooster(booster: Booster, name: string): ServedModel {
  return {
    name,
    features: booster.featureNames.length,
    predict: (values, rows) => booster.predictRows(values, rows),
  };
}

/** The reference model, trained on a small simulated market. Same every time. */
export async function trainReferenceModel(): Promise<Booster> {
  const { panel } = simulateMarket(ownTraining);
  const features = computeFeatures(panel);
  const { booster } = await trainModel(features, rankedLabel(panel, simulatedHorizonDays), 20, panel.dates.length);
  return booster;
}

/** How a model is to be served. */
export interface ModelServiceOptions extends ServeOptions {
  /** Text of a LightGBM model file; without it the reference model is trained first. */
  readonly modelText?: string;
  /** Name in the protocol's paths. Default `reference`. */
  readonly name?: string;
}

/**
 * Serves a LightGBM model by the Open Inference Protocol, on loopback unless told otherwise.
 * @throws InputError if the model's text cannot be read
 */
export async function serve(options: ModelServiceOptions = {}): Promise<{ url: string; close(): Promise<void> }> {
  const { modelText, name = 'reference', ...serveOptions } = options;
  let booster: Booster;
  try {
    booster = modelText === undefined ? await trainReferenceModel() : Booster.load(modelText);
  } catch (cause) {
    throw new InputError(`the model cannot be read: ${(cause as Error).message}`, { cause });
  }
  return serveModel(servedBooster(booster, name), serveOptions);
}
