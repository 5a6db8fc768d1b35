import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DatasetSource, InputError } from '@preopen/core';
import { readDataset, readManifest, unknownSessions, writeDataset } from './dataset-folder.ts';
import { narrowPanel, type Panel } from './panel.ts';
import { readPriceCsv } from './price-csv.ts';
import { type SimulationRequest, simulatedHorizonDays, simulateMarket } from './simulate.ts';

/** A simulated market at the scale and with the seed of the run. */
export function simulatedDataset(change: Partial<SimulationRequest> = {}): DatasetSource {
  return async ({ dir, stocks, days, seed }) => {
    const { panel, oracle, origin } = simulateMarket({ stocks, days, seed, ...change });
    return writeDataset(panel, dir, { source: 'simulated', origin, oracle, horizonDays: simulatedHorizonDays });
  };
}

/**
 * Market data of the user's own: a dataset folder, or a CSV (also `.gz`) of daily prices. The run's scale narrows it to
 * the last sessions and to the stocks that were traded most.
 */
export function fileDataset(path: string): DatasetSource {
  return async ({ dir, stocks, days, signal }) => {
    const isFolder = statSync(path).isDirectory();
    let panel: Panel;
    let origin = path.split('/').at(-1) ?? path;
    if (isFolder && existsSync(join(path, 'dataset.json'))) {
      panel = await readDataset(path);
      origin = (await readManifest(path)).origin;
    } else if (isFolder) {
      throw new InputError(
        `${path}: no dataset.json in it. Give a dataset folder as written by preopen, or a CSV of daily prices.`,
        { code: 'E205', at: path },
      );
    } else panel = await readPriceCsv(path, { signal });
    const closed = unknownSessions(panel);
    if (closed.length > 0) {
      throw new InputError(
        `${path}: has prices on ${closed.slice(0, 5).join(', ')}${closed.length > 5 ? ' …' : ''}, when the exchange was closed. Are its dates shifted?`,
        { code: 'E206', at: path },
      );
    }
    return writeDataset(narrowPanel(panel, { stocks, days }), dir, { source: 'files', origin });
  };
}
