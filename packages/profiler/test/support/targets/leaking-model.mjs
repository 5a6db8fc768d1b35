// A model that keeps an object of about 1 KB for every request.
class KeptRequest {
  constructor(rows) {
    this.payload = new Array(120).fill(rows);
  }
}
const kept = [];
export default {
  features: 4,
  predict(values, rows) {
    kept.push(new KeptRequest(rows));
    return Float64Array.from({ length: rows }, (_, row) => values[row * 4]);
  },
};
