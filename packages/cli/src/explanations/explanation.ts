/** What somebody wants to know of a metric whose verdict they hold in their hands. */
export interface Explanation {
  /** Names of metrics; `*` stands for any text. */
  readonly metric: string;
  /** What it is, in a sentence. */
  readonly what: string;
  /** How the figure is got, and what it is not. */
  readonly how: string;
  /** Where to look first when it is on the wrong side of its limit. */
  readonly whenItFails: string;
}
