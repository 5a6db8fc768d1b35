// A factor-like panel of made-up numbers: the same table for both engines, from a seed.
import { appendFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Small deterministic generator (mulberry32), uniform in [0, 1). */
function uniformStream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Rows × features of standard normal values (some missing), single precision, and a label with a weak, partly
 * non-linear signal.
 * @returns {{ matrix: Float32Array, columns: Float32Array[], label: Float64Array }} the matrix is row-major
 */
export function makePanel({ rows, features, seed }) {
  const uniform = uniformStream(seed);
  const columns = Array.from({ length: features }, (_, f) => {
    const column = new Float32Array(rows);
    const missing = f % 5 === 0 ? 0.02 : 0;
    for (let i = 0; i < rows; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      column[i] = radius * Math.cos(angle);
      if (i + 1 < rows) column[i + 1] = radius * Math.sin(angle);
    }
    if (missing > 0) for (let i = 0; i < rows; i++) if (uniform() < missing) column[i] = Number.NaN;
    return column;
  });
  const label = new Float64Array(rows);
  const at = (f, i) => (Number.isNaN(columns[f % features][i]) ? 0 : columns[f % features][i]);
  for (let i = 0; i < rows; i++) {
    const signal =
      0.6 * at(0, i) - 0.4 * at(1, i) * at(2, i) + 0.5 * Math.sin(2 * at(3, i)) + (at(4, i) > 0.5 ? 0.4 : 0);
    label[i] = Math.fround(signal + 0.3 * at(5, i) * at(6, i) + 2 * (uniform() + uniform() - 1));
  }
  const matrix = new Float32Array(rows * features);
  columns.forEach((column, f) => {
    for (let i = 0, k = f; i < rows; i++, k += features) matrix[k] = column[i];
  });
  return { matrix, columns, label };
}

/** Writes the panel where the drivers read it: row-major, column-major, and the labels. */
function writePanel(folder, { matrix, columns, label }) {
  const bytes = (floats) => new Uint8Array(floats.buffer);
  writeFileSync(`${folder}/features.f32`, bytes(matrix));
  writeFileSync(`${folder}/columns.f32`, '');
  for (const column of columns) appendFileSync(`${folder}/columns.f32`, bytes(column));
  writeFileSync(`${folder}/label.f32`, bytes(Float32Array.from(label)));
}

// A process of its own: one that has held the panel would hand its peak memory down to those that it starts.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, rows, features] = process.argv.slice(2);
  writePanel(folder, makePanel({ rows: Number(rows), features: Number(features), seed: 1 }));
}
