import { readFile } from 'node:fs/promises';
import { InputError } from '@preopen/core';
import { serve } from '@preopen/pipeline';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** The flags of `preopen serve`. */
export interface ServeFlags {
  readonly model?: string;
  readonly port: number;
  readonly host: string;
  readonly name: string;
}

/** `preopen serve`: a LightGBM model, or the reference model, as an Open Inference Protocol service until a signal. */
export async function serveCommand(flags: ServeFlags, streams: Streams): Promise<ExitCode> {
  const { model, port, host, name } = flags;
  if (model === undefined)
    streams.err.write('No --model given: training the reference model on a small simulated market …\n');
  const modelText =
    model === undefined
      ? undefined
      : await readFile(model, 'utf8').catch((cause: Error) => {
          throw new InputError(`cannot read the model ${model}: ${cause.message}`, { code: 'E108', at: model, cause });
        });
  const service = await serve({ port, host, name, ...(modelText === undefined ? {} : { modelText }) });
  streams.out.write(`${service.url}/v2/models/${name}\n`);
  streams.err.write('Serving; Ctrl-C ends it.\n');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await service.close();
  return exitCodes.ok;
}
