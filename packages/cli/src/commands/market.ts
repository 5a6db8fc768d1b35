import { didYouMean, InputError } from '@preopen/core';
import { calendarOfYear, instruments, priceLimits, tickSize } from '@preopen/market-tw';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { layoutTable } from '../terminal/table.ts';

const print = (streams: Streams, value: unknown): void => void streams.out.write(`${JSON.stringify(value, null, 2)}\n`);

/** `preopen market calendar YEAR`: sessions and closures of a year. */
export function calendarCommand(year: number, json: boolean, streams: Streams): ExitCode {
  const calendar = calendarOfYear(year);
  if (json) {
    print(streams, calendar);
    return exitCodes.ok;
  }
  const { out } = stylesOf(streams, 'auto');
  const rows = calendar.closures.map(({ date, reason, certainty }) => [
    { text: date },
    { text: certainty },
    { text: reason },
  ]);
  const estimated = calendar.estimated
    ? `, estimated: days after ${calendar.observedThrough} may still be closed by a typhoon or a decision of the exchange`
    : '';
  streams.out.write(
    `${year}: ${calendar.tradingDays.length} sessions${estimated}. Closed on these weekdays:\n${layoutTable(rows, out.columns).join('\n')}\n`,
  );
  return exitCodes.ok;
}

/** The flags of `preopen market limits`. */
export interface LimitsFlags {
  readonly reference: number;
  readonly date: string;
  readonly instrument: string;
  readonly json?: boolean;
}

/** `preopen market limits`: the lowest and highest price of a day. */
export function limitsCommand({ reference, date, instrument, json }: LimitsFlags, streams: Streams): ExitCode {
  const kind = instruments.find((one) => one === instrument);
  if (kind === undefined) {
    throw new InputError(
      `--instrument: unknown “${instrument}”. Known are ${instruments.join(', ')}.${didYouMean(instrument, instruments)}`,
      { code: 'E109' },
    );
  }
  const limits = priceLimits({ reference, instrument: kind, date });
  const answer = {
    down: limits?.down ?? null,
    up: limits?.up ?? null,
    tick: tickSize({ price: reference, instrument: kind, date }),
  };
  if (json) print(streams, answer);
  else if (limits)
    streams.out.write(`${date}: ${limits.down} to ${limits.up} NT$, reference ${reference}, tick ${answer.tick}\n`);
  else streams.out.write(`${date}: no price limit for ${kind}, tick ${answer.tick}\n`);
  return exitCodes.ok;
}
