import type { Panel } from './panel.ts';
import { type ReadOptions, readMarketData } from './readers/market-data.ts';

/**
 * Reads a file of daily prices into a panel: any format of `readMarketData`, of which only the panel is kept.
 * @throws InputError with file, line and value for what is no price: nothing is dropped silently
 */
export async function readPriceCsv(path: string, options: Omit<ReadOptions, 'onBad'> = {}): Promise<Panel> {
  return (await readMarketData(path, options)).panel;
}
