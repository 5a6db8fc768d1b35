/** One thing that was looked at before anything is measured. */
export interface Finding {
  readonly subject: string;
  /** `limited`: measuring works, with less to say; `broken`: what was asked for cannot work. */
  readonly state: 'ok' | 'limited' | 'broken';
  readonly found: string;
  /** What it costs, and what to do about it; absent where all is well. */
  readonly advice?: string;
}
