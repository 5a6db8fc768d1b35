import { didYouMean, InputError } from '@preopen/core';
import { type DelayDistribution, delayDistributions } from './delay.ts';

/** What is wrong with a connection, by the names that Toxiproxy gave such things, with units in ours. */
export type ToxicKind =
  /** Everything comes later, in order. */
  | {
      readonly type: 'latency';
      readonly latencyMs: number;
      readonly jitterMs?: number;
      readonly distribution?: DelayDistribution;
    }
  /** So many bytes a second at most. */
  | { readonly type: 'bandwidth'; readonly bytesPerSecond: number }
  /** Nothing gets through; the connection is closed after so long. 0: never. */
  | { readonly type: 'timeout'; readonly timeoutMs: number }
  /** The connection is broken with a TCP reset after so long. */
  | { readonly type: 'reset_peer'; readonly timeoutMs: number }
  /** The end of the stream comes later than its last byte. */
  | { readonly type: 'slow_close'; readonly delayMs: number }
  /** Data comes in small pieces, each some time after the one before. */
  | {
      readonly type: 'slicer';
      readonly averageBytes: number;
      readonly variationBytes?: number;
      readonly delayUs?: number;
    }
  /** The connection is closed after so many bytes. */
  | { readonly type: 'limit_data'; readonly bytes: number }
  /** One byte in so many is another one. */
  | { readonly type: 'corrupt'; readonly everyBytes: number }
  /** The other side is gone, and the connection does not show it: nothing comes, nothing is refused. */
  | { readonly type: 'half_open' }
  /** Nobody listens, and connections that were open are broken. */
  | { readonly type: 'down' };

export type ToxicType = ToxicKind['type'];

/** Which way the bytes go that are affected: `upstream` to the service, `downstream` back to the client. */
export type ToxicStream = 'upstream' | 'downstream';

/** A toxic as it is given. */
export type ToxicInput = ToxicKind & {
  /** Default: type and stream, as `latency_downstream`. */
  readonly name?: string;
  /** Default `downstream`, as with Toxiproxy. Without meaning for `half_open` and `down`, which have no direction. */
  readonly stream?: ToxicStream;
  /** Share of connections that are affected, drawn for each connection. Default 1. */
  readonly toxicity?: number;
};

/** A toxic with nothing left open. */
export type Toxic = ToxicKind & {
  readonly name: string;
  readonly stream: ToxicStream;
  readonly toxicity: number;
};

/** A field of a toxic, by its range. */
interface NumberField {
  readonly least: number;
  readonly whole?: true;
  readonly optional?: true;
}

const duration: NumberField = { least: 0 };
const numbersOf: Readonly<Record<ToxicType, Readonly<Record<string, NumberField>>>> = {
  latency: { latencyMs: duration, jitterMs: { ...duration, optional: true } },
  bandwidth: { bytesPerSecond: { least: 1 } },
  timeout: { timeoutMs: duration },
  reset_peer: { timeoutMs: duration },
  slow_close: { delayMs: duration },
  slicer: {
    averageBytes: { least: 1, whole: true },
    variationBytes: { least: 0, whole: true, optional: true },
    delayUs: { ...duration, optional: true },
  },
  limit_data: { bytes: { least: 0, whole: true } },
  corrupt: { everyBytes: { least: 1 } },
  half_open: {},
  down: {},
};

/** Names of all toxics. */
const toxicTypes = Object.keys(numbersOf) as readonly ToxicType[];

function refuse(type: string, field: string, expected: string, value: unknown): never {
  throw new InputError(`toxic “${type}”: ${field}: expected ${expected}, got ${JSON.stringify(value) ?? 'nothing'}.`, {
    at: field,
  });
}

/**
 * Checks a toxic, whoever wrote it, and fills in what it leaves open.
 * @throws InputError for what is not known or out of range
 */
export function parseToxic(input: unknown): Toxic {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  const type = String(given.type);
  if (!(toxicTypes as readonly string[]).includes(type)) {
    throw new InputError(
      `no toxic is called “${type}”. Known are ${toxicTypes.join(', ')}.${didYouMean(type, toxicTypes)}`,
      { at: 'type' },
    );
  }
  const numbers = numbersOf[type as ToxicType];
  for (const [field, { least, whole, optional }] of Object.entries(numbers)) {
    const value = given[field];
    if (value === undefined && optional) continue;
    const isRight = typeof value === 'number' && Number.isFinite(value) && value >= least;
    if (!isRight || (whole && !Number.isSafeInteger(value)))
      refuse(type, field, `a ${whole ? 'whole ' : ''}number of at least ${least}`, value);
  }
  const { stream = 'downstream', toxicity = 1, name = `${type}_${stream}`, distribution } = given;
  if (stream !== 'upstream' && stream !== 'downstream') refuse(type, 'stream', '"upstream" or "downstream"', stream);
  if (typeof toxicity !== 'number' || !(toxicity >= 0 && toxicity <= 1))
    refuse(type, 'toxicity', 'a share from 0 to 1', toxicity);
  if (typeof name !== 'string' || name === '') refuse(type, 'name', 'a text that is not empty', name);
  if (distribution !== undefined && !(delayDistributions as readonly unknown[]).includes(distribution))
    refuse(type, 'distribution', `one of ${delayDistributions.join(', ')}`, distribution);
  const known = ['type', 'name', 'stream', 'toxicity', ...Object.keys(numbers)];
  if (type === 'latency') known.push('distribution');
  for (const field of Object.keys(given)) {
    if (!known.includes(field))
      throw new InputError(
        `toxic “${type}”: unknown field “${field}”. Known are ${known.join(', ')}.${didYouMean(field, known)}`,
        {
          at: field,
        },
      );
  }
  return { ...given, name, stream, toxicity } as unknown as Toxic;
}
