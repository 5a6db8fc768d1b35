import { lookBackDays, predict } from './flow.mjs';

/** What Preopen serves in a process of its own: how many numbers a row has, and one prediction per row. */
export default {
  features: lookBackDays,
  predict(values, rows) {
    const predictions = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      predictions[row] = predict(values.subarray(row * lookBackDays, (row + 1) * lookBackDays));
    }
    return predictions;
  },
};
