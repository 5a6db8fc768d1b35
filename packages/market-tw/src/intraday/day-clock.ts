import { InputError } from '@preopen/core';
import { interruptionRule } from '../interruption.ts';
import { sessionPhases } from '../sessions.ts';

/** A trading day's times in milliseconds since midnight in Taipei, and how orders meet in it. */
export interface DayClock {
  readonly collectionMs: number;
  readonly openMs: number;
  /** End of continuous trading or of the periodic auctions. */
  readonly tradingEndMs: number;
  readonly closeMs: number;
  /** When a stock closes whose closing auction is deferred; `undefined` before there was such a thing. */
  readonly deferredCloseMs: number | undefined;
  readonly oddLotMs: number;
  /** Cycle of the periodic auctions; 0 for continuous trading. */
  readonly cycleMs: number;
  /** From then on no interruption begins; 0 before there were interruptions. */
  readonly interruptionEndMs: number;
}

const at = (hour: number, minute: number): number => (hour * 60 + minute) * 60_000;

/**
 * The times of a session, by the timetable and the rules of its date.
 * @throws InputError if the exchange was closed
 */
export function dayClock(date: string): DayClock {
  const phases = sessionPhases(date).filter(({ board }) => board === 'regular');
  const endOf = (phase: string): number | undefined => {
    const found = phases.find((one) => one.phase === phase);
    return found === undefined ? undefined : found.toSecond * 1000;
  };
  const trading = phases.find(({ phase }) => phase === 'trading');
  if (trading === undefined) throw new InputError(`the exchange was closed on ${date}: there is no day to replay.`);
  const { matching } = trading;
  const tradingEndMs = trading.toSecond * 1000;
  return {
    collectionMs: trading.fromSecond * 1000 - at(0, 30),
    openMs: trading.fromSecond * 1000,
    tradingEndMs,
    closeMs: endOf('closing-auction') ?? tradingEndMs,
    deferredCloseMs: endOf('deferred-close'),
    oddLotMs: at(14, 30),
    cycleMs: matching.kind === 'auctions' ? matching.everySeconds * 1000 : 0,
    interruptionEndMs: (interruptionRule({ date })?.untilSecond ?? 0) * 1000,
  };
}
