const windowDays = 12;
const peers = 5;

function correlation(a, b) {
  let [sumA, sumB, sumAa, sumBb, sumAb] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    sumA += a[i];
    sumB += b[i];
    sumAa += a[i] * a[i];
    sumBb += b[i] * b[i];
    sumAb += a[i] * b[i];
  }
  const spread = Math.sqrt((a.length * sumAa - sumA * sumA) * (b.length * sumBb - sumB * sumB));
  return spread > 0 ? (a.length * sumAb - sumA * sumB) / spread : 0;
}

/**
 * Predictions for each stock and day: the mean last return of the stocks whose returns moved most like its own.
 * @param closes closes by date, by stock
 * @returns days in order, each with what computes `[stock, prediction]`
 */
export function predictionsOf(closes) {
  const returns = new Map(
    [...closes].map(([stock, days]) => {
      const values = [...days.values()];
      return [stock, new Map([...days.keys()].map((date, i) => [date, i === 0 ? 0 : values[i] / values[i - 1] - 1]))];
    }),
  );
  const dates = [...new Set([...closes.values()].flatMap((days) => [...days.keys()]))].sort();
  return dates.slice(windowDays).map((date, i) => ({
    date,
    predict() {
      const window = dates.slice(i, i + windowDays);
      const recent = [...returns].map(([stock, days]) => [stock, window.map((day) => days.get(day) ?? 0)]);
      return recent.map(([stock, own]) => {
        const similar = recent
          .filter(([other]) => other !== stock)
          .map(([, values]) => [correlation(own, values), values.at(-1)])
          .sort(([a], [b]) => b - a)
          .slice(0, peers);
        return [stock, similar.reduce((sum, [, last]) => sum + last, 0) / Math.max(1, similar.length)];
      });
    },
  }));
}
