/**
 * A seeded stream of random numbers, the same on every machine.
 * Generator: sfc32 (Doty-Humphrey, PractRand), whose 128-bit state is filled from the seed and the purpose.
 */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Standard normal (Box–Muller, both values used). */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** Integer in [0, bound). `bound` must be a positive integer of at most 2^32. */
  integer(bound: number): number;
  /** Shuffles in place (Fisher–Yates). */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T;
}

/** FNV-1a over the text, with the seed mixed in; fills one 32-bit word of the state. */
function hash(text: string, seed: number, word: number): number {
  let h = (0x811c9dc5 ^ Math.imul(word + 1, 0x9e3779b1)) >>> 0;
  const low = seed >>> 0;
  const high = Math.floor(seed / 0x1_0000_0000) >>> 0;
  for (const part of [low, high]) h = Math.imul(h ^ part, 0x01000193) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A random stream of its own for a purpose, so that one more draw for one purpose moves nothing in another.
 * @param seed safe integer; the run's seed
 * @param purpose any text, such as `load/arrivals`
 */
export function createRandom(seed: number, purpose = ''): Random {
  let a = hash(purpose, seed, 0);
  let b = hash(purpose, seed, 1);
  let c = hash(purpose, seed, 2);
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + t) >>> 0;
    return t;
  };
  // The state is a hash already; the first draws still carry its structure.
  for (let i = 0; i < 12; i++) next();
  let spare = Number.NaN;
  const uniform = (): number => next() / 0x1_0000_0000;
  const integer = (bound: number): number => {
    // Rejection, so that every value is equally likely whatever the bound.
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const draw = next();
      if (draw < limit) return draw % bound;
    }
  };
  return {
    uniform,
    integer,
    exponential: () => -Math.log(1 - uniform()),
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const kept = values[i];
        values[i] = values[j];
        values[j] = kept;
      }
      return values;
    },
  };
}
