// A model that keeps the last 50 requests, as many do for their statistics.
const recent = [];
export default {
  features: 4,
  predict(values, rows) {
    recent.push(Array.from(values.subarray(0, 100)));
    if (recent.length > 50) recent.shift();
    return Float64Array.from({ length: rows }, (_, row) => values[row * 4]);
  },
};
