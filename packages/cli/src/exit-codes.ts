/** What each exit code of the command means. */
export const exitCodes = {
  /** The run worked and, with `--validate-requirements`, every required requirement passed. */
  ok: 0,
  /** A required requirement failed (only with `--validate-requirements`). */
  failed: 1,
  /** Wrong usage, a wrong config, or an output folder that cannot be written. */
  usage: 2,
  /**
   * A required requirement is inconclusive or not measured (only with `--validate-requirements` or `--require`), or a command
   * that measures one thing, such as `load`, measured nothing.
   */
  undecided: 3,
  /** The target could not be started or was never ready. */
  targetNotStarted: 4,
  /** A defect of Preopen's own. */
  defect: 5,
  /** Ended by Ctrl-C; what was measured so far is saved. */
  interrupted: 130,
  /** Ended by SIGTERM; what was measured so far is saved. */
  terminated: 143,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
