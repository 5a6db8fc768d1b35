import { InputError } from '@preopen/core';
import { parseToxic, type Toxic, type ToxicStream, type ToxicType } from './toxic.ts';

/**
 * A toxic as it travels over HTTP, by the names and units of Toxiproxy's API: milliseconds, but for `rate` (kilobytes a
 * second) and the slicer's `delay` (microseconds). Source: Toxiproxy 2.12, README, “HTTP API” and “Toxics”
 */
export interface WireToxic {
  readonly name: string;
  readonly type: string;
  readonly stream: ToxicStream;
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number | string>>;
}

/** A field of ours by its name in the API, and how many of ours one of theirs is. */
interface WireField {
  readonly wire: string;
  readonly field: string;
  readonly scale?: number;
  /** What is left out, and may be here. */
  readonly isOptional?: true;
}

const fieldsOf: Readonly<Record<ToxicType, readonly WireField[]>> = {
  latency: [
    { wire: 'latency', field: 'latencyMs' },
    { wire: 'jitter', field: 'jitterMs' },
    // Ours alone.
    { wire: 'distribution', field: 'distribution', isOptional: true },
  ],
  bandwidth: [{ wire: 'rate', field: 'bytesPerSecond', scale: 1000 }],
  timeout: [{ wire: 'timeout', field: 'timeoutMs' }],
  reset_peer: [{ wire: 'timeout', field: 'timeoutMs' }],
  slow_close: [{ wire: 'delay', field: 'delayMs' }],
  slicer: [
    { wire: 'average_size', field: 'averageBytes' },
    { wire: 'size_variation', field: 'variationBytes' },
    { wire: 'delay', field: 'delayUs' },
  ],
  limit_data: [{ wire: 'bytes', field: 'bytes' }],
  corrupt: [{ wire: 'every_bytes', field: 'everyBytes' }],
  half_open: [],
  down: [],
};

/** The record that something from outside is. @throws InputError if it is none */
export function recordOf(given: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InputError(`${what}: expected a JSON object, got ${JSON.stringify(given) ?? 'nothing'}`);
  return given as Readonly<Record<string, unknown>>;
}

const isType = (type: unknown): type is ToxicType => typeof type === 'string' && Object.hasOwn(fieldsOf, type);

/** How a toxic of ours travels. */
export function toWire(toxic: Toxic): WireToxic {
  const { name, type, stream, toxicity } = toxic;
  const own = toxic as unknown as Readonly<Record<string, number | string | undefined>>;
  const attributes = fieldsOf[type].flatMap(({ wire, field, scale, isOptional }) => {
    const value = own[field];
    if (value === undefined && isOptional) return [];
    return [[wire, scale && typeof value === 'number' ? value / scale : (value ?? 0)] as const];
  });
  return { name, type, stream, toxicity, attributes: Object.fromEntries(attributes) };
}

/**
 * Reads a toxic that came over HTTP. What is left out is 0, as with Toxiproxy, or as it was before.
 * @param before the toxic that is changed, if one is
 * @throws InputError for a field that is unknown, of another kind, or out of range
 */
export function fromWire(given: unknown, before?: Toxic): Toxic {
  const { name, type = before?.type, stream, toxicity, attributes = {}, ...unknown } = recordOf(given, 'toxic');
  if (!isType(type)) return parseToxic({ type });
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined)
    throw new InputError(
      `toxic: unknown field “${surplus}”; known are name, type, stream, toxicity and attributes, which holds the sizes`,
    );
  const sizes = recordOf(attributes, 'attributes');
  const fields = fieldsOf[type];
  const known = fields.map(({ wire }) => wire);
  const stray = Object.keys(sizes).find((size) => !known.includes(size));
  if (stray !== undefined) {
    const list = known.length === 0 ? 'it has none' : `known are ${known.join(', ')}`;
    throw new InputError(`attributes of ${type}: unknown “${stray}”; ${list}`);
  }
  const old = (before ?? {}) as unknown as Readonly<Record<string, unknown>>;
  const own = fields.flatMap(({ wire, field, scale = 1, isOptional }) => {
    const size = sizes[wire];
    if (size === undefined) {
      const kept = old[field] ?? (isOptional ? undefined : 0);
      return kept === undefined ? [] : [[field, kept] as const];
    }
    return [[field, typeof size === 'number' ? size * scale : size] as const];
  });
  return parseToxic({
    type,
    ...Object.fromEntries(own),
    stream: stream ?? before?.stream ?? 'downstream',
    toxicity: toxicity ?? before?.toxicity ?? 1,
    // An empty name is none.
    ...(name || before ? { name: before?.name ?? name } : {}),
  });
}
