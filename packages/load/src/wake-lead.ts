/** Wake-ups later than the lead, of all: so many are left to be late. */
const lateShare = 0.01;
/** The lead grows by this where it was too short, and shrinks by so much less where it was long enough. */
const stepMs = 0.05;
/** A wake-up that is later than this is the machine standing still, which no lead makes up for. */
const mostMs = 2;
/** The lead is spent asking the clock, which may take this share of the time. */
const askingShare = 0.1;
/** What was not spent is kept for a burst, up to this. */
const mostSavedMs = 5;

/**
 * How much earlier than it is due a sleeping thread has to be told to wake, so that it is awake in time. How late wake-ups come
 * is a property of the machine: some 0.1 ms in the middle, a millisecond and more for one in a hundred. It is learned as it
 * goes, and what is left of the lead after a quick wake-up is waited out by asking the clock. A wait that is shorter than the
 * lead is not slept at all, as long as the time for asking lasts.
 */
export class WakeLead {
  #learnedMs = 0;
  #savedMs = 0;

  /** The lead for a wait of so long, which begins now. */
  take(waitMs: number): number {
    if (!(waitMs > 0)) return 0;
    this.#savedMs = Math.min(mostSavedMs, this.#savedMs + Math.min(waitMs, 60_000) * askingShare);
    const leadMs = Math.min(this.#learnedMs, waitMs, this.#savedMs);
    this.#savedMs -= leadMs;
    return leadMs;
  }

  /** Takes in how late a wake-up was, towards the lateness that only one in a hundred is beyond. */
  learn(lateMs: number): void {
    const step = lateMs > this.#learnedMs ? stepMs * (1 - lateShare) : -stepMs * lateShare;
    this.#learnedMs = Math.max(0, Math.min(mostMs, this.#learnedMs + step));
  }
}
