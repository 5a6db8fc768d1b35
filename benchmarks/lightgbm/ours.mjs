// Times our engine on the panel that run.mjs wrote; prints one JSON object. The same tasks as upstream.cpp.
// Usage: node ours.mjs FOLDER ROWS FEATURES THREADS ITERATIONS LEAVES TASK MODEL   (TASK: train | predict)
import { readFileSync, writeFileSync } from 'node:fs';
import { Booster, Dataset } from '../../packages/lightgbm-wasm/dist/index.js';

const [folder, ...rest] = process.argv.slice(2);
const [rows, features, threads, iterations, leaves] = rest.slice(0, 5).map(Number);
const [task, model] = rest.slice(5);
const floats = (name) => {
  const bytes = readFileSync(`${folder}/${name}`);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
};
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const timed = async (work) => {
  const cpu = cpuSeconds();
  const wall = performance.now();
  const result = await work();
  return { result, cpu: cpuSeconds() - cpu, wall: (performance.now() - wall) / 1000 };
};
const matrix = floats('columns.f32');
const columns = Array.from({ length: features }, (_, f) => matrix.subarray(f * rows, (f + 1) * rows));
const baseKiB = process.resourceUsage().maxRSS;

if (task === 'train') {
  const label = new Float64Array(floats('label.f32'));
  const params = { objective: 'regression', num_leaves: leaves, num_threads: threads, num_iterations: iterations };
  const binned = await timed(() => new Dataset({ rowCount: rows, columns }, params));
  const trained = await timed(() => Booster.train({ data: binned.result, label, params }));
  const peakKiB = process.resourceUsage().maxRSS;
  writeFileSync(model, trained.result.toModelText());
  const { cpu: binCpu, wall: binWall } = binned;
  console.log(JSON.stringify({ binCpu, binWall, trainCpu: trained.cpu, trainWall: trained.wall, peakKiB, baseKiB }));
} else {
  const text = readFileSync(model, 'utf8');
  let booster;
  let loadWall = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 40; i++) {
    const before = performance.now();
    booster = Booster.load(text);
    loadWall = Math.min(loadWall, (performance.now() - before) / 1000);
  }
  const batch = 2000;
  const batches = Math.min(Math.floor(rows / batch), 100);
  let batchWall = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 300; round++) {
    const start = (round % batches) * batch;
    const data = { rowCount: batch, columns: columns.map((column) => column.subarray(start, start + batch)) };
    const before = performance.now();
    booster.predict(data);
    batchWall = Math.min(batchWall, (performance.now() - before) / 1000);
  }
  const sample = Array.from({ length: 1000 }, (_, i) => Float64Array.from(columns, (column) => column[i]));
  let rowWall = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 100; round++) {
    const before = performance.now();
    for (const row of sample) booster.predictRow(row);
    rowWall = Math.min(rowWall, (performance.now() - before) / 1e6);
  }
  console.log(JSON.stringify({ loadWall, batchWall, rowWall }));
}
