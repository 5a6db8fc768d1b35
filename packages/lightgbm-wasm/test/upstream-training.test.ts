import { describe, expect, it } from 'vitest';
import { Booster, type LightGbmParams } from '../src/index.ts';
import { caseNames, fixtureCase, fixtureText, hasFixtures, readTable } from './support/fixtures.ts';

const trained = caseNames.filter((name) => fixtureCase(name).scope === 'train-and-predict');

/** The values of one metric line of upstream's log have six digits. */
function printed(value: number): number {
  return Number(value.toPrecision(6));
}

async function trainCase(name: string): Promise<{ text: string; events: Record<string, number>[] }> {
  const { params, files } = fixtureCase(name);
  const train = readTable(name, 'train.csv');
  const valid = files.includes('valid.csv') ? readTable(name, 'valid.csv') : undefined;
  const events: Record<string, number>[] = [];
  const { columns, ...targets } = train;
  const booster = await Booster.train({
    data: columns,
    ...targets,
    validation: valid ? [{ data: valid.columns, label: valid.label, query: valid.query }] : [],
    // A model file records where the data came from.
    params: {
      ...(params as LightGbmParams),
      is_provide_training_metric: true,
      data: 'train.csv',
      ...(valid ? { valid: 'valid.csv' } : {}),
    },
    onIteration: ({ metrics }) => void events.push({ ...metrics }),
  });
  return { text: booster.toModelText(), events };
}

describe.skipIf(!hasFixtures)('trainings that LightGBM did (needs ../shared/fixtures/lightgbm)', () => {
  it.each(trained)('%s: the model is the same, byte for byte', async (name) => {
    const { text, events } = await trainCase(name);
    expect(text).toBe(fixtureText(name, 'model.txt'));
    const logged = JSON.parse(fixtureText(name, 'eval.json')) as {
      iteration: number;
      data: string;
      metric: string;
      value: number;
    }[];
    for (const { iteration, data, metric, value } of logged) {
      expect({ iteration, data, metric, value: printed(events[iteration - 1]![`${data} ${metric}`]!) }).toEqual({
        iteration,
        data,
        metric,
        value,
      });
    }
  });
});
