import { type CheckContext, openPipeline, type PipelineTarget } from '@preopen/core';

/** A command typed by hand as work that can be run again and again, from the folder in which it was typed. */
export function commandPipeline(
  command: readonly [string, ...string[]],
  { clock, workDir }: Pick<CheckContext, 'clock' | 'workDir'>,
): PipelineTarget {
  return openPipeline({ kind: 'command', command }, { name: 'command', clock, workDir, configDir: process.cwd() });
}
