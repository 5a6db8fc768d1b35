/** Whether one item goes before another. */
type Before<Item> = (a: Item, b: Item) => boolean;

/** Runs of so many items are sorted by insertion before they are merged. */
const RUN = 7;

function insertionSort<Item>(items: Item[], from: number, to: number, before: Before<Item>): void {
  for (let i = from + 1; i < to; i++) {
    const item = items[i]!;
    let at = i;
    if (before(item, items[from]!)) at = from;
    else while (before(item, items[at - 1]!)) at--;
    items.copyWithin(at + 1, at, i);
    items[at] = item;
  }
}

function merge<Item>(left: readonly Item[], right: readonly Item[], before: Before<Item>): Item[] {
  const merged: Item[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) merged.push(before(right[r]!, left[l]!) ? right[r++]! : left[l++]!);
  return merged.concat(left.slice(l), right.slice(r));
}

function mergeFromTheEnd<Item>(left: readonly Item[], right: readonly Item[], before: Before<Item>): Item[] {
  const reversed: Item[] = [];
  let l = left.length;
  let r = right.length;
  while (l > 0 && r > 0) reversed.push(before(right[r - 1]!, left[l - 1]!) ? left[--l]! : right[--r]!);
  return left.slice(0, l).concat(right.slice(0, r), reversed.reverse());
}

function sortHalf<Item>(half: readonly Item[], before: Before<Item>): Item[] {
  let items = half.slice();
  for (let from = 0; from < items.length; from += RUN) {
    insertionSort(items, from, Math.min(from + RUN, items.length), before);
  }
  for (let step = RUN; step < items.length; step *= 2) {
    const merged: Item[] = [];
    for (let from = 0; from < items.length; from += 2 * step) {
      merged.push(...merge(items.slice(from, from + step), items.slice(from + step, from + 2 * step), before));
    }
    items = merged;
  }
  return items;
}

/**
 * Sorts as GNU's `std::stable_sort` does. For an order it is what every stable sort gives; a comparison that is none
 * (NaN is neither before nor after anything) leaves the result to the algorithm, and this is LightGBM's.
 */
export function unorderedSort<Item>(items: readonly Item[], before: Before<Item>): Item[] {
  const middle = (items.length + 1) >> 1;
  const left = sortHalf(items.slice(0, middle), before);
  const right = sortHalf(items.slice(middle), before);
  return left.length <= right.length ? merge(left, right, before) : mergeFromTheEnd(left, right, before);
}
