/** Something that stands in the order in which it came; a part of it, so that nothing is allocated for the order. */
export class InOrder {
  before: InOrder | undefined;
  after: InOrder | undefined;
}

/** Requests that have begun and not ended, oldest first, and how long how many were. */
export class UnderWay {
  /** The oldest. */
  first: InOrder | undefined;
  #last: InOrder | undefined;
  #count = 0;
  #areaMs = 0;
  #changedMs: number;

  constructor(nowMs: number) {
    this.#changedMs = nowMs;
  }

  get count(): number {
    return this.#count;
  }

  /** Their number, added up over time: milliseconds × requests. The other side of Little's law. */
  areaMs(nowMs: number): number {
    this.#areaMs += this.#count * (nowMs - this.#changedMs);
    this.#changedMs = nowMs;
    return this.#areaMs;
  }

  add(item: InOrder, nowMs: number): void {
    this.areaMs(nowMs);
    this.#count++;
    item.before = this.#last;
    if (this.#last) this.#last.after = item;
    else this.first = item;
    this.#last = item;
  }

  /** @param item must be in it */
  remove(item: InOrder, nowMs: number): void {
    this.areaMs(nowMs);
    this.#count--;
    if (item.before) item.before.after = item.after;
    else this.first = item.after;
    if (item.after) item.after.before = item.before;
    else this.#last = item.before;
    item.before = undefined;
    item.after = undefined;
  }
}
