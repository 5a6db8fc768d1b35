import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { InputError, inferenceServer, type ServeOptions } from '@preopen/core';
import type { Booster } from '@preopen/lightgbm-wasm';
import { simulatedHorizonDays, simulateMarket } from '@preopen/market-tw';
import { computeFeatures } from '../features.ts';
import { rankedLabel, trainModel } from '../model.ts';
import { adminApp } from './admin-app.ts';
import { sessionsBehind } from './data-age.ts';
import { readFeatureTable } from './feature-table.ts';
import { inferenceApp } from './inference-app.ts';
import { listen } from './listen.ts';
import { serviceMetrics } from './metrics.ts';
import { readBooster, type Served, servedBooster, versionOf } from './served-model.ts';

/** Scale of the market that a model is trained on where none is given: about a second of work. */
const ownTraining = { stocks: 150, days: 90, seed: 42 };

/** The reference model, trained on a small simulated market. Same every time. */
async function trainReferenceModel(): Promise<Booster> {
  const { panel } = simulateMarket(ownTraining);
  const features = computeFeatures(panel);
  const { booster } = await trainModel(features, rankedLabel(panel, simulatedHorizonDays), {
    from: 20,
    to: panel.dates.length,
    horizonDays: simulatedHorizonDays,
  });
  return booster;
}

/** Trains the reference model and leaves it at a path, whole from the moment at which it is there. */
async function leaveTrainedModel(path: string): Promise<void> {
  const booster = await trainReferenceModel();
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, booster.toModelText());
  booster.dispose();
  await rename(part, path);
}

/** @throws InputError if there is nothing to read */
function readModelFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new InputError(`cannot read the model ${path}: ${cause.message}`, { code: 'E108', at: path, cause });
  });
}

/** How a model is to be served. */
export interface ModelServiceOptions extends ServeOptions {
  /** Text of a LightGBM model file; without it or `modelPath` the reference model is trained first. */
  readonly modelText?: string;
  /** LightGBM model file; `reload` reads it again. */
  readonly modelPath?: string;
  /** Where the reference model is written once it is trained; it is then served as by `modelPath`. Not beside that. */
  readonly trainedModelPath?: string;
  /**
   * Features by stock code, as CSV (`date,stock`, a column per feature; the last date counts), such as the reference
   * pipeline leaves them: requests may then name stocks in place of rows. `reload` reads it again.
   */
  readonly featuresPath?: string;
  /** Name in the protocol's paths. Default `reference`. */
  readonly name?: string;
  /** Port for `GET /metrics` and `POST /reload`; 0: any free one. Default: none. */
  readonly adminPort?: number;
  /** Wall clock, by which data are old. Default: the system's. */
  readonly nowMs?: () => number;
}

/** A service that is up. */
export interface ModelService {
  readonly url: string;
  /** Address for metrics and reloads, if one was asked for. */
  readonly adminUrl: string | undefined;
  /**
   * Reads the files of the model and of the features again and puts them in place without losing a request.
   * @throws InputError if one cannot be read or the model takes other features; what is in service stays
   */
  reload(): Promise<void>;
  /** Lets requests in work end. */
  close(): Promise<void>;
}

/**
 * Serves a LightGBM model by the Open Inference Protocol, on loopback unless told otherwise.
 * @throws InputError if the model cannot be read
 */
export async function serve(options: ModelServiceOptions = {}): Promise<ModelService> {
  const {
    modelText,
    modelPath = options.trainedModelPath,
    featuresPath,
    name = 'reference',
    adminPort,
    trainedModelPath,
    nowMs = Date.now,
    ...serveOptions
  } = options;
  if (trainedModelPath !== undefined) await leaveTrainedModel(trainedModelPath);
  const read = async (booster: Booster, version: string): Promise<Served> => ({
    booster,
    version,
    ...(featuresPath !== undefined && { table: await readFeatureTable(featuresPath, booster.featureNames) }),
  });
  const text = modelPath === undefined ? modelText : await readModelFile(modelPath);
  const ofText = (given: string): Promise<Served> => read(readBooster(given), versionOf(given));
  const ownModel = async (): Promise<Served> => {
    const booster = await trainReferenceModel();
    return read(booster, versionOf(booster.toModelText()));
  };
  let served = await (text === undefined ? ownModel() : ofText(text));
  const metrics = serviceMetrics(nowMs, () =>
    served.table === undefined ? Number.NaN : sessionsBehind(served.table.date, nowMs()),
  );
  const model = servedBooster(served, name, metrics, nowMs);
  const reload = async (): Promise<void> => {
    try {
      if (modelPath === undefined && featuresPath === undefined)
        throw new Error('the service was started without files; there is nothing to read');
      const { booster, version } = served;
      const next = await (modelPath === undefined ? read(booster, version) : ofText(await readModelFile(modelPath)));
      model.replace(next);
      served = next;
    } catch (error) {
      metrics.reloadFailed();
      throw error;
    }
  };
  const { host = '127.0.0.1', port = 0, maxBodyBytes = 64 * 1024 * 1024, ...limits } = serveOptions;
  const inference = inferenceServer(model, limits);
  let isClosing = false;
  const service = await listen(inferenceApp(inference, { maxBodyBytes, isClosing: () => isClosing }), { host, port });
  const admin =
    adminPort === undefined
      ? undefined
      : await listen(adminApp({ metrics, reload }), { host, port: adminPort }).catch((error: unknown) => {
          service.server.close();
          throw error;
        });
  return {
    url: service.url,
    adminUrl: admin?.url,
    reload,
    async close() {
      isClosing = true;
      inference.beginClosing();
      const closed = ended(service.server);
      service.server.closeIdleConnections();
      await closed;
      if (!admin) return;
      const adminClosed = ended(admin.server);
      admin.server.closeAllConnections();
      await adminClosed;
    },
  };
}

/** Stops taking connections; fulfilled when the last one is gone. */
const ended = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
