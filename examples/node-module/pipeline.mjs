import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDataset } from '@preopen/market-tw';
import { lookBackDays, predict } from './flow.mjs';

/**
 * A prediction for every stock and session: dated by the session at whose close it was known.
 * @param {import('@preopen/core').PipelineModuleContext} context
 */
export async function run({ inputDir, outputDir, stage }) {
  const { dates, stocks, fields } = await stage('load', () => readDataset(inputDir));
  const flows = await stage('features', (reportRows) => {
    reportRows(dates.length * stocks.length);
    return fields.foreignNetBuy.map((shares, cell) => shares / fields.volume[cell]);
  });
  const lines = await stage('predict', () => {
    const rows = ['date,stock,prediction'];
    for (let day = lookBackDays - 1; day < dates.length; day++) {
      stocks.forEach(({ code }, stock) => {
        const last = Array.from({ length: lookBackDays }, (_, back) => flows[(day - back) * stocks.length + stock]);
        rows.push(`${dates[day]},${code},${predict(last)}`);
      });
    }
    return rows;
  });
  await writeFile(join(outputDir, 'predictions.csv'), `${lines.join('\n')}\n`);
}
