import { proxyControl } from '@preopen/failover';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { readTool } from '../tool.ts';

/** The flags of `preopen failover proxy`, already read. */
export interface FaultProxyFlags {
  readonly upstream: string;
  readonly listen: string;
  readonly name: string;
  readonly api: string;
  readonly allowRemote?: boolean;
  readonly seed: number;
}

/** `preopen failover proxy`: a proxy that is told over HTTP what to break, until a signal ends it. */
export async function failoverProxyCommand(flags: FaultProxyFlags, streams: Streams): Promise<ExitCode> {
  const { upstream, listen, name, api, allowRemote = false, seed } = flags;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const control = await proxyControl({ listen: api, allowRemote, seed, version: readTool().version });
  try {
    const proxy = await control.create({ name, upstream, listen });
    streams.out.write(`${name}: ${proxy.listen} → ${upstream}\n`);
    streams.out.write(`told at ${control.url}, as Toxiproxy is; Ctrl-C ends it\n`);
    await ended;
    return exitCodes.ok;
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    await control.close();
  }
}
