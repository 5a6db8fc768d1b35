// A model that makes a frame of some megabytes for every request and needs it until the answer: as with features by object.
// Nothing is kept. V8's usual young generation is too small for it: collections come in the middle of requests, and copy it.
const rowsOfFrame = 15_000;
export default {
  features: 4,
  predict(values, rows) {
    const frame = [];
    for (let i = 0; i < rowsOfFrame; i++) frame.push({ id: i, close: values[i % values.length], ranks: [i, i, i] });
    const scored = frame.map((row) => ({ ...row, score: row.close + row.ranks[2] * 1e-9 }));
    return Float64Array.from({ length: rows }, (_, row) => scored[row].score);
  },
};
