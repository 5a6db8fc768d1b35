/** How many sessions the model looks back. */
export const lookBackDays = 3;

/**
 * The model: where foreign investors bought most of what was traded, prices are expected to go on rising.
 * @param {ArrayLike<number>} flows foreign net buying over volume, of the last sessions; NaN counts as none
 */
export function predict(flows) {
  let sum = 0;
  for (let day = 0; day < flows.length; day++) {
    const flow = flows[day];
    if (!Number.isNaN(flow)) sum += flow;
  }
  return sum / lookBackDays;
}
