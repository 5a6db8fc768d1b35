import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DatasetSource, InputError } from '@preopen/core';
import { readDatasetFigures } from './company-figures-file.ts';
import { readDatasetData, readManifest, unknownSessions, writeDataset } from './dataset-folder.ts';
import { narrowFigures } from './narrow-figures.ts';
import { narrowPanel } from './panel.ts';
import { readMarketData } from './readers/market-data.ts';
import { type SimulationRequest, simulatedHorizonDays, simulateMarket } from './simulate.ts';

/** A simulated market at the scale and with the seed of the run. */
export function simulatedDataset(change: Partial<SimulationRequest> = {}): DatasetSource {
  return async ({ dir, stocks, days, seed }) => {
    const { panel, oracle, figures, origin } = simulateMarket({ stocks, days, seed, ...change });
    return writeDataset(panel, dir, {
      source: 'simulated',
      origin,
      oracle,
      figures,
      horizonDays: simulatedHorizonDays,
    });
  };
}

/**
 * Market data of the user's own: a dataset folder, or price files in any format of `readMarketData` (a file, or a folder
 * of them). The run's scale narrows it to the last sessions and to the stocks that were traded most.
 */
export function fileDataset(path: string): DatasetSource {
  return async ({ dir, stocks, days, signal }) => {
    const isDataset = existsSync(join(path, 'dataset.json'));
    const { panel } = isDataset ? await readDatasetData(path, { signal }) : await readMarketData(path, { signal });
    const { origin, horizonDays } = isDataset ? await readManifest(path) : { origin: basename(path), horizonDays: 1 };
    const closed = unknownSessions(panel);
    if (closed.length > 0) {
      throw new InputError(
        `${path}: has prices on ${closed.slice(0, 5).join(', ')}${closed.length > 5 ? ' …' : ''}, when the exchange was closed. Are its dates shifted?`,
        { code: 'E206', at: path },
      );
    }
    const figures = isDataset ? await readDatasetFigures(path, panel.stocks) : undefined;
    const narrowed = narrowPanel(panel, { stocks, days });
    return writeDataset(narrowed, dir, {
      source: 'files',
      origin,
      horizonDays,
      ...(figures && { figures: narrowFigures(figures, panel.stocks, narrowed.stocks) }),
    });
  };
}
