import { InputError } from '@preopen/core';
import { eventsOf, type IntradayDay, intradayDay, readAnyMarketData, replay, serveFeed } from '@preopen/market-tw';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** The flags of `preopen market feed`. */
export interface FeedFlags {
  readonly date?: string;
  readonly seed: number;
  readonly speed?: number;
  readonly port?: number;
  readonly clients: number;
}

/** `preopen market feed IN…`: a day of the market as events, on stdout or over a WebSocket. */
export async function feedCommand(inputs: readonly string[], flags: FeedFlags, streams: Streams): Promise<ExitCode> {
  const { seed, port, clients, speed = Number.POSITIVE_INFINITY } = flags;
  if (!(speed > 0)) throw new InputError(`--speed: expected a number above 0, got ${speed}.`, { code: 'E109' });
  const { panel } = await readAnyMarketData(inputs);
  const day = intradayDay({ panel, date: flags.date ?? panel.dates.at(-1)!, seed });
  if (day.leftOut.length > 0) {
    const [first] = day.leftOut;
    streams.err.write(`${day.leftOut.length} stocks are left out, such as ${first!.stock}: ${first!.reason}.\n`);
  }
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error('interrupted'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
  try {
    if (port === undefined) await printDay(day, speed, stop.signal, streams);
    else await serveDay(day, { speed, port, clients, signal: stop.signal }, streams);
    return exitCodes.ok;
  } catch (cause) {
    if (stop.signal.aborted) return exitCodes.interrupted;
    throw cause;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, interrupt);
  }
}

/** One event a line, as JSON. */
async function printDay(day: IntradayDay, speed: number, signal: AbortSignal, streams: Streams): Promise<void> {
  for await (const batch of replay(day.batches(), { speed, signal })) {
    let lines = '';
    for (const event of eventsOf(batch, day.stocks)) lines += `${JSON.stringify(event)}\n`;
    streams.out.write(lines);
  }
}

async function serveDay(
  day: IntradayDay,
  options: { speed: number; port: number; clients: number; signal: AbortSignal },
  streams: Streams,
): Promise<void> {
  const feed = await serveFeed(day, options);
  streams.out.write(`${feed.url}\n`);
  streams.err.write(
    `Begins with ${options.clients === 1 ? 'the first client' : `${options.clients} clients`}; Ctrl-C ends it.\n`,
  );
  const { events, clients, tooSlow } = await feed.done;
  streams.err.write(
    `${events} events to ${clients} clients${tooSlow > 0 ? `, ${tooSlow} of them too slow and cut off` : ''}.\n`,
  );
}
