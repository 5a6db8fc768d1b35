/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other, counted up to `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const rows = a.length + 1;
  const columns = b.length + 1;
  const cost = new Uint16Array(rows * columns);
  for (let i = 0; i < rows; i++) cost[i * columns] = i;
  for (let j = 0; j < columns; j++) cost[j] = j;
  for (let i = 1; i < rows; i++) {
    for (let j = 1; j < columns; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        cost[(i - 1) * columns + j]! + 1,
        cost[i * columns + j - 1]! + 1,
        cost[(i - 1) * columns + j - 1]! + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, cost[(i - 2) * columns + j - 2]! + 1);
      }
      cost[i * columns + j] = best;
    }
  }
  return cost[rows * columns - 1]!;
}

const lettersOf = (word: string): string => [...word.toLowerCase()].sort().join('');

/** How alike two words are that are equally many edits apart. */
function likeness(typed: string, known: string): number {
  if (typed.length !== known.length) return 0;
  return lettersOf(typed) === lettersOf(known) ? 2 : 1;
}

/** The known word that was probably meant (at most two edits away, and fewer than half its letters), if there is one. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), 2);
    if (distance * 2 >= Math.max(2, candidate.length) || distance > bestDistance) continue;
    // Of two words equally far, the one with the same letters, then one as long: letters are swapped more often than left out.
    if (distance === bestDistance && (best === undefined || likeness(word, candidate) <= likeness(word, best)))
      continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** ` Did you mean X?` with a leading space, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = suggest(word, known);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}
