import { InputError } from '@preopen/core';
import { dayNumber } from './date.ts';
import { type PriceLimits, priceLimits, toCents } from './price-rules.ts';
import { type Instrument, nextTick, roundCents, tickTableOf } from './tick-table.ts';

/** A warrant on one domestic underlying. */
export interface WarrantQuestion {
  readonly kind: 'call' | 'put';
  /** The warrant's own reference price, NT$. */
  readonly reference: number;
  readonly underlyingReference: number;
  /** `stock` unless given; an underlying without limits leaves its warrant without any. */
  readonly underlyingInstrument?: Instrument;
  /** Units of the underlying per warrant. */
  readonly exerciseRatio: number;
  readonly date: string;
}

/**
 * Limits of a warrant, in NT$: its reference plus and less what the underlying may move, times the exercise ratio,
 * rounded into the band; never below 0.01.
 * @returns `undefined` if the underlying has no limit
 * Source: TWSE Rules Governing Trading of Call (Put) Warrants Art. 7; the rounding is that of stocks
 */
export function warrantLimits(question: WarrantQuestion): PriceLimits | undefined {
  const { kind, reference, underlyingReference, underlyingInstrument = 'stock', exerciseRatio, date } = question;
  dayNumber(date);
  if (!(exerciseRatio > 0) || !Number.isFinite(exerciseRatio))
    throw new InputError(`warrantLimits: expected an exercise ratio above 0, got ${exerciseRatio}.`);
  const own = toCents(reference, 'warrantLimits: reference');
  const underlying = priceLimits({ reference: underlyingReference, instrument: underlyingInstrument, date });
  if (underlying === undefined) return undefined;
  const { bands } = tickTableOf('warrant', date);
  const rise = Math.round((underlying.up - underlyingReference) * 100) * exerciseRatio;
  const fall = Math.round((underlyingReference - underlying.down) * 100) * exerciseRatio;
  const up = roundCents(own + (kind === 'call' ? rise : fall), bands, 'down');
  // The grid of warrants begins at 0.01, and so does what is rounded onto it.
  const down = roundCents(own - (kind === 'call' ? fall : rise), bands, 'up');
  return {
    down: (down >= own ? nextTick(own, bands, 'down') : down) / 100,
    up: (up <= own ? nextTick(own, bands, 'up') : up) / 100,
  };
}
