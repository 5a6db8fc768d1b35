import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Booster } from '@preopen/lightgbm-wasm';
import { serve } from '@preopen/pipeline';
import { expect, it, onTestFinished } from 'vitest';

/** A model of two features; `sign` tells one from another. */
async function aModel(sign: 1 | -1, names = ['x', 'y']): Promise<string> {
  const rowCount = 200;
  const columns = names.map((_, f) => Float64Array.from({ length: rowCount }, (__, i) => (i * (f + 3)) % 17));
  const label = columns[0]!.map((x) => sign * x);
  const params = { objective: 'regression', num_iterations: 5, min_data_in_leaf: 5, verbosity: -1 };
  const booster = await Booster.train({ data: { rowCount, columns, names }, label, params });
  const text = booster.toModelText();
  booster.dispose();
  return text;
}

async function aService(): Promise<{ service: Awaited<ReturnType<typeof serve>>; modelPath: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'preopen-serve-'));
  const modelPath = join(dir, 'model.txt');
  await writeFile(modelPath, await aModel(1));
  const service = await serve({ modelPath, adminPort: 0 });
  onTestFinished(async () => {
    await service.close();
    await rm(dir, { recursive: true });
  });
  return { service, modelPath };
}

const infer = async (url: string, data: (number | null)[]): Promise<number[]> => {
  const inputs = [{ name: 'input', shape: [data.length / 2, 2], datatype: 'FP64', data }];
  const response = await fetch(`${url}/v2/models/reference/infer`, {
    method: 'POST',
    body: JSON.stringify({ inputs }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { outputs: { data: number[] }[] }).outputs[0]!.data;
};

it('a model is replaced while requests come in, and none of them is lost or mixed', async () => {
  const { service, modelPath } = await aService();
  const [before] = await infer(service.url, [16, 0]);
  await writeFile(modelPath, await aModel(-1));
  const asked = Array.from({ length: 40 }, () => infer(service.url, [16, 0]));
  await service.reload();
  const answers = (await Promise.all(asked)).flat();
  const [after] = await infer(service.url, [16, 0]);
  expect(Math.sign(before!)).not.toBe(Math.sign(after!));
  for (const answer of answers) expect([before, after]).toContain(answer);
});

it('a model that cannot be read, or takes other features, does not come into service', async () => {
  const { service, modelPath } = await aService();
  const before = await infer(service.url, [16, 0]);
  await writeFile(modelPath, 'tree\nversion=v4\nrubbish');
  await expect(service.reload()).rejects.toThrow('cannot be read');
  await writeFile(modelPath, await aModel(-1, ['x', 'z']));
  await expect(service.reload()).rejects.toThrow('number 2 is “z”, not “y”');
  const refused = await fetch(`${service.adminUrl}/reload`, { method: 'POST' });
  expect(refused.status).toBe(409);
  expect(await infer(service.url, [16, 0])).toEqual(before);
  expect(await (await fetch(`${service.adminUrl}/metrics`)).text()).toContain(
    'preopen_model_reload_failures_total 3\n',
  );
});

it('counts what it predicts, and rows of which a feature is missing', async () => {
  const { service } = await aService();
  expect(await infer(service.url, [1, 2, 3, null, 5, 6])).toHaveLength(3);
  await infer(service.url, [1, 2, 3, 4]);
  const text = await (await fetch(`${service.adminUrl}/metrics`)).text();
  expect(text).toContain('preopen_predictions_total 5\n');
  expect(text).toContain('preopen_incomplete_rows_total 1\n');
  expect(text).toContain('preopen_predict_duration_seconds_bucket{le="+Inf"} 2\n');
  expect((await fetch(`${service.adminUrl}/secrets`)).status).toBe(404);
});
