import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
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

interface Running {
  readonly service: Awaited<ReturnType<typeof serve>>;
  readonly modelPath: string;
  readonly featuresPath: string;
}

/** @param features text of a table of features, if the service is to have one */
async function aService(features?: string, options: Partial<Parameters<typeof serve>[0]> = {}): Promise<Running> {
  const dir = await mkdtemp(join(tmpdir(), 'preopen-serve-'));
  const modelPath = join(dir, 'model.txt');
  const featuresPath = join(dir, 'features.csv');
  await writeFile(modelPath, await aModel(1));
  if (features !== undefined) await writeFile(featuresPath, features);
  const service = await serve({ modelPath, adminPort: 0, ...(features && { featuresPath }), ...options });
  onTestFinished(async () => {
    await service.close();
    await rm(dir, { recursive: true });
  });
  return { service, modelPath, featuresPath };
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

/** Friday, 2026-08-21, 12:00 in Taipei. */
const fridayNoonMs = Date.UTC(2026, 7, 21, 4);
const afterCloseMs = fridayNoonMs + 2 * 3_600_000;

/** What a client sees of an answer: its status, its words, its marks in the document and in the headers. */
async function ask(url: string, tensor: object, parameters?: object) {
  const response = await fetch(`${url}/v2/models/reference/infer`, {
    method: 'POST',
    body: JSON.stringify({ inputs: [tensor], parameters }),
  });
  const document = (await response.json()) as {
    error?: string;
    parameters?: Record<string, unknown>;
    outputs?: { data: number[] }[];
  };
  const marks = [...response.headers].filter(([name]) => name.startsWith('preopen-'));
  return {
    status: response.status,
    error: document.error,
    parameters: document.parameters,
    headers: Object.fromEntries(marks),
    predictions: document.outputs?.[0]?.data,
  };
}
const byRow = (...data: (number | null)[]) => ({ name: 'input', shape: [data.length / 2, 2], datatype: 'FP64', data });
const byCode = (...data: string[]) => ({ name: 'stock', shape: [data.length], datatype: 'BYTES', data });
const table = `date,stock,y,other,x
2026-08-19,0050,1,1,1
2026-08-20,0050,5,9,16
2026-08-20,2330,3,9,
`;

it('asked by stock code it predicts what it predicts by row, from the last date of its features', async () => {
  const { service } = await aService(table);
  const code = await ask(service.url, byCode('2330', '0050', '2330'));
  const row = await ask(service.url, byRow(null, 3, 16, 5, null, 3));
  expect(code.status).toBe(200);
  expect(code.predictions).toEqual(row.predictions);
  const metadata = (await (await fetch(`${service.url}/v2/models/reference`)).json()) as object;
  expect(metadata).toMatchObject({ parameters: { stocks: 2, data_date: '2026-08-20' } });
});

it('a stock that it has no features of is refused by name, and so is a service without features', async () => {
  const { service } = await aService(table);
  const { status, error } = await ask(service.url, byCode('2330', '9999'));
  expect(status).toBe(400);
  expect(error).toBe('no features of 9999; the service has 2 stocks of 2026-08-20');
  const { service: without } = await aService();
  expect((await ask(without.url, byCode('2330'))).error).toContain('holds no features of stocks');
});

it('says by header and parameter how old its data are: stale once a later session has closed', async () => {
  let nowMs = fridayNoonMs;
  const { service, featuresPath } = await aService(table, { nowMs: () => nowMs });
  const fresh = await ask(service.url, byCode('0050'));
  expect(fresh.parameters).toMatchObject({ data_date: '2026-08-20', data_age_sessions: 0, stale: false });
  expect(fresh.headers).toMatchObject({ 'preopen-data-date': '2026-08-20', 'preopen-stale': 'false' });
  nowMs = afterCloseMs;
  const old = await ask(service.url, byCode('0050'));
  expect(old.status).toBe(200);
  expect(old.parameters).toMatchObject({ data_age_sessions: 1, stale: true });
  expect(old.headers).toMatchObject({ 'preopen-data-age-sessions': '1', 'preopen-stale': 'true' });
  expect(old.predictions).toEqual(fresh.predictions);
  const metrics = await (await fetch(`${service.adminUrl}/metrics`)).text();
  expect(metrics).toContain('preopen_stale_requests_total 1\n');
  expect(metrics).toContain('preopen_data_age_sessions 1\n');
  await writeFile(featuresPath, table.replaceAll('2026-08-20', '2026-08-21'));
  await service.reload();
  expect((await ask(service.url, byCode('0050'))).headers).toMatchObject({
    'preopen-data-date': '2026-08-21',
    'preopen-stale': 'false',
  });
});

it('takes the day of a client’s own rows from its request, and says nothing of an age that nobody told', async () => {
  const { service } = await aService(undefined, { nowMs: () => afterCloseMs });
  const told = await ask(service.url, byRow(1, 2), { data_date: '2026-08-19' });
  expect(told.headers).toMatchObject({ 'preopen-data-date': '2026-08-19', 'preopen-data-age-sessions': '2' });
  const untold = await ask(service.url, byRow(1, 2));
  expect(untold.parameters).toEqual({ degraded: false, incomplete_rows: 0 });
  const wrong = await ask(service.url, byRow(1, 2), { data_date: 'yesterday' });
  expect([wrong.status, wrong.error]).toEqual([400, expect.stringContaining('data_date is "yesterday"')]);
});

it('goes on without a feature that no row has, and says so in each answer', async () => {
  const { service } = await aService();
  const whole = await ask(service.url, byRow(1, 2, 3, 4));
  expect(whole.headers).toMatchObject({ 'preopen-degraded': 'false', 'preopen-incomplete-rows': '0' });
  const part = await ask(service.url, byRow(1, 2, 3, null));
  expect(part.parameters).toEqual({ degraded: false, incomplete_rows: 1 });
  const without = await ask(service.url, byRow(1, null, 3, null));
  expect(without.status).toBe(200);
  expect(without.predictions!.every(Number.isFinite)).toBe(true);
  expect(without.parameters).toEqual({ degraded: true, missing_features: 'y', incomplete_rows: 2 });
  expect(without.headers).toMatchObject({ 'preopen-degraded': 'true', 'preopen-missing-features': 'y' });
  const metrics = await (await fetch(`${service.adminUrl}/metrics`)).text();
  expect(metrics).toContain('preopen_degraded_requests_total 1\n');
});

it('starts on features of which a column is missing, degraded; and keeps what it has when new ones are broken', async () => {
  const { service, featuresPath } = await aService('date,stock,x\n2026-08-20,0050,16\n');
  expect((await ask(service.url, byCode('0050'))).parameters).toMatchObject({ degraded: true, missing_features: 'y' });
  await writeFile(featuresPath, 'date,stock,x\n2026-08-20,0050,much\n');
  await expect(service.reload()).rejects.toThrow(`${featuresPath}:2: expected a number or nothing as x, got “much”`);
  expect((await ask(service.url, byCode('0050'))).status).toBe(200);
});

it('refuses in words what is too long, what it does not have, and what is not for a path', async () => {
  const { service } = await aService(undefined, { maxBodyBytes: 200 });
  const long = await ask(service.url, byRow(...Array.from({ length: 200 }, (_, i) => i)));
  expect([long.status, long.error]).toEqual([413, expect.stringContaining('at most 200 are read')]);
  const missing = await fetch(`${service.url}/v2/models/second`);
  expect([missing.status, await missing.json()]).toEqual([404, { error: expect.stringContaining('“reference”') }]);
  const wrong = await fetch(`${service.url}/v2/models/reference/infer`);
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
});

/** A request whose body has begun and not ended. */
async function anOpenRequest(url: string, length: number): Promise<ClientRequest> {
  const open = request(`${url}/v2/models/reference/infer`, { method: 'POST', headers: { 'content-length': length } });
  open.flushHeaders();
  await once(open, 'socket').then(([socket]) => (socket.connecting ? once(socket, 'connect') : undefined));
  return open;
}

it('has no more in work than it may: the rest get 503 with Retry-After; what it accepted it answers before it closes', async () => {
  const { service } = await aService(undefined, { maxInFlight: 1 });
  const body = JSON.stringify({ inputs: [byRow(1, 2)] });
  const open = await anOpenRequest(service.url, body.length);
  const answered = once(open, 'response');
  const next = { method: 'POST', body };
  // The open one may reach the service after the first of these.
  let refused = await fetch(`${service.url}/v2/models/reference/infer`, next);
  while (refused.status === 200) refused = await fetch(`${service.url}/v2/models/reference/infer`, next);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  const closed = service.close();
  open.end(body);
  const [answer] = (await answered) as [IncomingMessage];
  answer.resume();
  expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
  await closed;
  await expect(fetch(`${service.url}/v2/health/live`)).rejects.toThrow();
});

it('says which address it cannot listen on', async () => {
  const { service } = await aService();
  const port = Number(new URL(service.url).port);
  await expect(serve({ modelText: await aModel(1), port })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}`);
});
