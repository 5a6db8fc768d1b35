import { type Alarm, canSleep, sleepingAlarm } from '@preopen/load';

/** Something that wants to be called when its moment has come. */
export interface Sleeper {
  /** Its moment, on the clock of the alarm; infinite if it waits for nothing. */
  readonly dueMs: number;
  /** Called at or shortly after that moment. */
  wake(nowMs: number): void;
}

/**
 * Node's timers are whole milliseconds late or early by up to one. Until the thread that sleeps is there, the last stretch is
 * waited out turn by turn of the event loop, which goes on reading sockets meanwhile, and costs a core.
 */
const spinMs = 1.6;

/**
 * Wakes sleepers at their moments, to a tenth or two of a millisecond on a machine that has a core free. A thread sleeps for it,
 * begun with the first moment that is waited for: whoever slept is run before those who span.
 */
export class AlarmClock {
  readonly #nowMs: () => number;
  readonly #sleepers = new Set<Sleeper>();
  #dueMs = Number.POSITIVE_INFINITY;
  #thread: Alarm | undefined;
  #canRely = false;
  #isStopped = false;
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
    if (sleeper.dueMs < Number.POSITIVE_INFINITY) this.#start();
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
    this.#isStopped = true;
    this.#canRely = false;
    this.#thread?.stop();
  }

  #start(): void {
    if (this.#thread || this.#isStopped || !canSleep()) return;
    this.#thread = sleepingAlarm({ nowMs: this.#nowMs }, this.#turn, (error) => {
      this.#canRely = !error && !this.#isStopped;
    });
  }

  #arrange(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
    if (this.#dueMs === Number.POSITIVE_INFINITY) return;
    const restMs = this.#dueMs - this.#nowMs();
    if (this.#canRely && restMs > 0) {
      this.#thread!.at(this.#dueMs);
      return;
    }
    // Timers go up to 2^31 − 1 ms; one that rings too early is arranged anew.
    if (restMs > spinMs) this.#timer = setTimeout(this.#turn, Math.min(restMs - spinMs, 2 ** 31 - 1));
    else this.#immediate = setImmediate(this.#turn);
  }
}
