import { type HistogramColumns, LatencyHistogram } from './histogram.ts';

/** Stretches are put together by twos beyond this; between half of it and all of it are kept, enough for batches. */
const mostStretches = 40;
/** Values that stand for a whole stretch: a P99.9 has ten of them beyond it. */
const valuesAStretch = 10_000;
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Stretches as plain data. */
export interface StretchColumns {
  readonly length: number;
  readonly stretches: readonly HistogramColumns[];
}

function byTwos(stretches: readonly LatencyHistogram[]): LatencyHistogram[] {
  const joined: LatencyHistogram[] = [];
  for (let i = 0; i < stretches.length; i += 2) {
    const second = stretches[i + 1];
    if (second) stretches[i]!.merge(second);
    joined.push(stretches[i]!);
  }
  return joined;
}

/**
 * Histograms of consecutive stretches of equally many values, the last as far as it has come: what is left of the order of
 * values that are too many to keep, so that intervals can still be taken from batches of them. At most 40 histograms, however
 * many values come.
 */
export class Stretches {
  #length: number;
  #stretches: LatencyHistogram[] = [];

  /** @param length values in each of the first stretches; it doubles whenever there are too many */
  constructor(length: number) {
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get count(): number {
    return this.#stretches.reduce((sum, { count }) => sum + count, 0);
  }

  /** Adds a duration, in the order in which they came. */
  add(valueMs: number): void {
    let last = this.#stretches.at(-1);
    if (!last || last.count >= this.#length) {
      if (this.#stretches.length >= mostStretches) this.#double();
      last = new LatencyHistogram();
      this.#stretches.push(last);
    }
    last.add(valueMs);
  }

  /** Takes in values that came over the same time, as from another thread: stretch by stretch. */
  merge(other: Stretches): void {
    const theirs = Stretches.fromColumns(other.columns());
    while (this.#length < theirs.#length) this.#double();
    while (theirs.#length < this.#length) theirs.#double();
    this.#length += theirs.#length;
    theirs.#stretches.forEach((stretch, i) => {
      if (this.#stretches[i]) this.#stretches[i].merge(stretch);
      else this.#stretches.push(stretch);
    });
  }

  /** All values together. */
  whole(): LatencyHistogram {
    const sum = new LatencyHistogram();
    for (const stretch of this.#stretches) sum.merge(stretch);
    return sum;
  }

  /** All of it as plain data, as it goes to another thread or machine. */
  columns(): StretchColumns {
    return { length: this.#length, stretches: this.#stretches.map((stretch) => stretch.columns()) };
  }

  static fromColumns({ length, stretches }: StretchColumns): Stretches {
    const made = new Stretches(length);
    made.#stretches = stretches.map(LatencyHistogram.fromColumns);
    return made;
  }

  /**
   * Values that stand for those of a sample and, after them, of these stretches: of each stretch as many as its length is worth,
   * quantiles at levels that any part of them spreads evenly over (multiples of the golden ratio), so that batches that are cut
   * elsewhere still hold what the stretch holds.
   * @param first values that came before, in their order
   */
  spreadAfter(first: Float64Array): Float64Array {
    let all: LatencyHistogram[] = [];
    for (let at = 0; at < first.length; at += this.#length) {
      const stretch = new LatencyHistogram();
      for (const value of first.subarray(at, at + this.#length)) stretch.add(value);
      all.push(stretch);
    }
    all.push(...this.#stretches.map((stretch) => LatencyHistogram.fromColumns(stretch.columns())));
    let length = this.#length;
    while (all.length > mostStretches) {
      all = byTwos(all);
      length *= 2;
    }
    const parts = all.map((stretch) => spread(stretch, Math.ceil((valuesAStretch * stretch.count) / length)));
    const values = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    return values;
  }

  #double(): void {
    this.#stretches = byTwos(this.#stretches);
    this.#length *= 2;
  }
}

/** So many quantiles of a histogram, at evenly spread levels in an order of their own. */
function spread(histogram: LatencyHistogram, values: number): Float64Array {
  const levels = Float64Array.from({ length: values }, (_, i) => ((i + 0.5) * goldenRatio) % 1);
  const order = Uint32Array.from(levels.keys()).sort((a, b) => levels[a]! - levels[b]!);
  const found = new Float64Array(values);
  let seen = 0;
  let next = 0;
  for (const { valueMs, count } of histogram.buckets()) {
    seen += count;
    for (; next < values && levels[order[next]!]! * histogram.count <= seen; next++) found[order[next]!] = valueMs;
  }
  return found;
}
