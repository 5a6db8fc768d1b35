/** What the exit codes mean, for every help page that needs it. */
export const exitCodeHelp = `
Exit codes:
  0    the run worked; with --validate-requirements: and every required requirement passed
  1    a required requirement failed             (only with --validate-requirements)
  2    wrong usage or config, or an output folder that cannot be written
  3    undecided or not measured                 (only with --validate-requirements; or nothing at all was measured
                                                 by a command that measures one thing, such as load or latency)
  4    the target could not be started
  5    a defect of preopen itself
  130  interrupted; what was measured so far is saved`;
