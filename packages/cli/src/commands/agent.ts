import { systemClock } from '@preopen/core';
import { startAgent } from '@preopen/load';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** `preopen agent`: generates load for others until a signal ends it. */
export async function agentCommand(
  { redis, name }: { readonly redis: string; readonly name?: string },
  streams: Streams,
): Promise<ExitCode> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    const agent = await startAgent({
      redisUrl: redis,
      clock: systemClock,
      signal: ending.signal,
      tell: (message) => void streams.err.write(`${message}\n`),
      ...(name === undefined ? {} : { name }),
    });
    await agent.done;
    return exitCodes.ok;
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}
