import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// A pipeline module; with `wait` in its input folder's name it waits to be ended.
export async function run({ inputDir, outputDir, stage, signal }) {
  await stage('features', (reportRows) => reportRows(12));
  if (inputDir.endsWith('wait')) {
    await stage(
      'training',
      () =>
        new Promise((_, reject) => {
          const alive = setInterval(() => {}, 1000);
          signal.addEventListener('abort', () => {
            clearInterval(alive);
            reject(signal.reason);
          });
        }),
    );
  }
  await stage('prediction', () => writeFile(join(outputDir, 'predictions.csv'), 'date,stock,prediction\n'));
}
