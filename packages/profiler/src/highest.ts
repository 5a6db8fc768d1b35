/** Highest of some values that are not negative, however many; 0 of none. `Math.max` takes only so many. */
export const highest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
