import { serve } from '@preopen/pipeline';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** The flags of `preopen serve`. */
export interface ServeFlags {
  readonly model?: string;
  readonly features?: string;
  readonly port: number;
  readonly host: string;
  readonly name: string;
  readonly adminPort?: number;
}

/** `preopen serve`: a LightGBM model, or the reference model, as an Open Inference Protocol service until a signal. */
export async function serveCommand(flags: ServeFlags, streams: Streams): Promise<ExitCode> {
  const { model, features, port, host, name, adminPort } = flags;
  if (model === undefined)
    streams.err.write('No --model given: training the reference model on a small simulated market …\n');
  const service = await serve({
    port,
    host,
    name,
    ...(model === undefined ? {} : { modelPath: model }),
    ...(features === undefined ? {} : { featuresPath: features }),
    ...(adminPort === undefined ? {} : { adminPort }),
  });
  streams.out.write(`${service.url}/v2/models/${name}\n`);
  if (service.adminUrl) streams.out.write(`${service.adminUrl}/metrics\n`);
  streams.err.write('Serving; Ctrl-C ends it.\n');
  const onReload = (): void => {
    service.reload().then(
      () => streams.err.write('The files were read again and are in service.\n'),
      (cause: Error) => streams.err.write(`What is in service stays: ${cause.message}\n`),
    );
  };
  process.on('SIGHUP', onReload);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await service.close();
  process.off('SIGHUP', onReload);
  return exitCodes.ok;
}
