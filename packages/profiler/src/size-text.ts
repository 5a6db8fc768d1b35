/** A size for people, in the unit that suits it. */
export const sizeText = (bytes: number): string =>
  Math.abs(bytes) < 1000
    ? `${bytes.toFixed(0)} B`
    : Math.abs(bytes) < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
