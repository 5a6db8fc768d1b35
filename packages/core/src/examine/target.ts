import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { InputError } from '../input-error.ts';
import { createWorkFolder } from '../internal/work-folder.ts';
import type { PipelineConfig, ServiceConfig, TargetConfig } from '../target.ts';
import { type StartOptions, startService } from '../targets/service.ts';
import { TargetError } from '../targets/target-error.ts';
import type { Finding } from './finding.ts';

/** Rows of the one request that a service is asked. */
const askedRows = 10;
const askedSeed = 1;
const answerMs = 10_000;

const exists = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Where a program would be found; `undefined` if nowhere. */
async function findProgram(program: string, cwd: string): Promise<string | undefined> {
  const places = program.includes('/')
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  for (const place of places) {
    if ((await exists(place, constants.X_OK)) && (await stat(place)).isFile()) return place;
  }
  return undefined;
}

async function examinePipeline(name: string, pipeline: PipelineConfig, configDir: string): Promise<Finding> {
  const subject = `${name}, pipeline`;
  if (pipeline.kind === 'module') {
    const path = resolve(configDir, pipeline.module);
    return (await exists(path, constants.R_OK))
      ? { subject, state: 'ok', found: path }
      : { subject, state: 'broken', found: `no file ${path}`, advice: 'Correct `pipeline.module` in the config.' };
  }
  const cwd = resolve(configDir, pipeline.cwd ?? '');
  const [program] = pipeline.command;
  const found = await findProgram(program, cwd);
  if (found === undefined)
    return {
      subject,
      state: 'broken',
      found: `the program “${program}” is not found`,
      advice: 'Install it, or give its full path in `pipeline.command`.',
    };
  const lacks = ['{input}', '{output}'].filter((place) => !pipeline.command.some((word) => word.includes(place)));
  return lacks.length === 0
    ? { subject, state: 'ok', found: `${pipeline.command.join(' ')} (not run here)` }
    : {
        subject,
        state: 'limited',
        found: pipeline.command.join(' '),
        advice: `The command never sees ${lacks.join(' and ')}: it cannot know which dataset to read or where to write.`,
      };
}

async function examineService(name: string, service: ServiceConfig, options: StartOptions): Promise<Finding> {
  const subject = `${name}, service`;
  try {
    const running = await startService({ ...service, name }, options);
    try {
      const request = running.codec.encode(running.batch(askedRows, askedSeed), running.model);
      const { outcome, problem, doneMs, sentMs } = await running.send(request, {
        timeoutMs: answerMs,
        signal: options.signal,
      });
      const ready = running.startMs === undefined ? 'answers' : `ready after ${(running.startMs / 1000).toFixed(1)} s`;
      const of = `${running.metadata.features ?? 'unknown'} features, ${running.codec.name}`;
      return outcome === 'ok'
        ? { subject, state: 'ok', found: `${ready}; ${askedRows} rows in ${(doneMs - sentMs).toFixed(1)} ms; ${of}` }
        : {
            subject,
            state: 'broken',
            found: `${ready}, but a request of ${askedRows} rows ended as ${outcome}: ${problem ?? 'no more is known'}`,
            advice: 'Send the same request by hand; give `samples` if drawn feature rows are refused.',
          };
    } finally {
      await running.stop();
    }
  } catch (cause) {
    if (!(cause instanceof TargetError || cause instanceof InputError)) throw cause;
    return { subject, state: 'broken', found: cause.message };
  }
}

/**
 * Looks at a target before anything is measured: starts its service, asks one request of it and ends it again; of a
 * pipeline it looks whether its program is there, without running it.
 */
export async function examineTarget(
  { name, service, pipeline }: TargetConfig,
  options: Omit<StartOptions, 'workDir'>,
): Promise<readonly Finding[]> {
  const folder = await createWorkFolder();
  try {
    return [
      ...(service ? [await examineService(name, service, { ...options, workDir: folder.path })] : []),
      ...(pipeline ? [await examinePipeline(name, pipeline, options.configDir)] : []),
    ];
  } finally {
    await folder.remove();
  }
}
