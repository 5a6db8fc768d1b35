/** Something that wants to be called when its moment has come. */
export interface Sleeper {
  /** Its moment, on the clock of the alarm; infinite if it waits for nothing. */
  readonly dueMs: number;
  /** Called at or shortly after that moment. */
  wake(nowMs: number): void;
}

/**
 * Node's timers are whole milliseconds late or early by up to one: the last stretch is waited out turn by turn of the event
 * loop, which goes on reading sockets meanwhile. It costs a core only while something is about to be due.
 */
const spinMs = 1.6;

/** Wakes sleepers at their moments, to a tenth of a millisecond on a machine that has a core free. */
export class AlarmClock {
  readonly #nowMs: () => number;
  readonly #sleepers = new Set<Sleeper>();
  #dueMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#immediate = undefined;
    const nowMs = this.#nowMs();
    if (nowMs >= this.#dueMs) {
      this.#dueMs = Number.POSITIVE_INFINITY;
      for (const sleeper of [...this.#sleepers]) {
        if (sleeper.dueMs <= nowMs) sleeper.wake(nowMs);
      }
      for (const { dueMs } of this.#sleepers) this.#dueMs = Math.min(this.#dueMs, dueMs);
    }
    this.#arrange();
  };

  /** @param nowMs monotonic milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** From now on until `forget` the sleeper is woken; to be called again whenever its moment has come nearer. */
  watch(sleeper: Sleeper): void {
    this.#sleepers.add(sleeper);
    if (sleeper.dueMs >= this.#dueMs) return;
    this.#dueMs = sleeper.dueMs;
    this.#arrange();
  }

  forget(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
  }

  /** Nobody is woken any more. */
  stop(): void {
    this.#sleepers.clear();
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#arrange();
  }

  #arrange(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
    if (this.#dueMs === Number.POSITIVE_INFINITY) return;
    const restMs = this.#dueMs - this.#nowMs();
    // Timers go up to 2^31 − 1 ms; one that rings too early is arranged anew.
    if (restMs > spinMs) this.#timer = setTimeout(this.#turn, Math.min(restMs - spinMs, 2 ** 31 - 1));
    else this.#immediate = setImmediate(this.#turn);
  }
}
