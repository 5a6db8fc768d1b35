import fc from 'fast-check';
import { expect, vi } from 'vitest';

// As many inputs as were asked for, however long they take.
vi.setConfig({ testTimeout: 600_000 });

/**
 * How long the parsers are fuzzed: always the same two hundred inputs, so that the suite says the same each time.
 * `FUZZ_RUNS=20000 FUZZ_SEED=7 npx vitest run --project unit fuzz` looks further.
 */
export const fuzzing: { readonly numRuns: number; readonly seed: number } = {
  numRuns: Number(process.env.FUZZ_RUNS ?? 200),
  seed: Number(process.env.FUZZ_SEED ?? 1),
};

const deep = 5000;

/** Texts that parsers stumble over, wherever they come to stand. */
const hostileTexts: readonly string[] = [
  ...[
    '',
    '\0',
    '\uD800',
    '\uDC00x',
    '\uFEFF',
    '\u2028',
    '\r',
    '\n',
    '\r\n',
    '\n\n',
    '\t',
    ' ',
    '\u3000',
    '𝟙',
    '٣',
    '１',
  ],
  ...['"', "'", ',', ';', ':', '=', '[', ']', '{', '}', '\\', '\\u', '/*', '//', '%', '%00', '<', '&', '--', '#'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__=1', 'null', 'true', 'undefined'],
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '-0',
    '0',
    '-1',
    '1.5',
    '1e999',
    '-1e999',
    '1e-999',
    '1e21',
    '0x10',
    '1_000',
    '.',
  ],
  ...['4294967295', '2147483648', '9007199254740993', '99999999999999999999', '9'.repeat(400), '1'.repeat(5000)],
  ...['9999-99-99', '0000-00-00', '2024-02-30', '-000001-01-01', '../../etc/passwd', '<script>', '$&'],
  ...[
    '['.repeat(deep),
    '['.repeat(deep) + ']'.repeat(deep),
    '{"a":'.repeat(deep),
    '('.repeat(deep),
    'a'.repeat(deep),
    ',1'.repeat(deep),
  ],
];

/** Depths that a recursive reader may or may not survive. */
function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
}

const hostileValues: readonly unknown[] = [
  ...hostileTexts.filter((text) => text.length < 500),
  ...[null, true, false, 0, -0, -1, 1.5, 1e21, 1e308, 5e-324, 2 ** 32, 2 ** 53, -(2 ** 53), 1e9],
  ...[[], {}, [[]], [null], [{}], [[], []], { a: 1 }, { length: 1e9 }, { toJSON: 1 }, Array(50).fill(0)],
  JSON.parse('{"__proto__": {"polluted": true}}'),
  JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
  nested(200, (inner) => [inner]),
  nested(200, (inner) => ({ inner })),
  nested(1000, (inner) => [inner]),
];

/** One change to a sample; what it does with these is up to its kind. */
interface Edit {
  /** Where, from 0 (the beginning) to 1 (the end). */
  readonly at: number;
  readonly length: number;
  readonly times: number;
  readonly text: string;
  readonly value: number;
}

const edits = <Kind extends string>(kinds: readonly Kind[]): fc.Arbitrary<(Edit & { readonly kind: Kind })[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.oneof(fc.nat(4), fc.nat(60)),
      times: fc.integer({ min: 2, max: 5 }),
      text: fc.constantFrom(...hostileTexts),
      value: fc.nat(),
    }),
    { minLength: 1, maxLength: 4 },
  );

interface Parts<Sequence> {
  readonly before: Sequence;
  readonly inside: Sequence;
  readonly after: Sequence;
}

function withLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

const textEdits = {
  cut: ({ before }) => before,
  remove: ({ before, after }) => before + after,
  repeat: ({ before, inside, after }, { times }) => before + inside.repeat(times) + after,
  replace: ({ before, after }, { text }) => before + text + after,
  insert: ({ before, inside, after }, { text }) => before + text + inside + after,
  number: ({ before, inside, after }, { text }) => before + (inside + after).replace(/-?\d[\d.]*/, () => text),
  swapLines: ({ before, inside, after }, { at, value }) =>
    withLines(before + inside + after, (lines) => {
      const [one, other] = [Math.floor(at * (lines.length - 1)), value % lines.length];
      [lines[one], lines[other]] = [lines[other]!, lines[one]!];
    }),
  line: ({ before, inside, after }, { at, text, value }) =>
    withLines(before + inside + after, (lines) => lines.splice(Math.floor(at * lines.length), value % 3, text)),
} satisfies Record<string, (parts: Parts<string>, edit: Edit) => string>;

/** Texts that were once right: some characters of a sample are cut, doubled, replaced or moved. */
export function mutatedTexts(...samples: readonly string[]): fc.Arbitrary<string> {
  const kinds = Object.keys(textEdits) as (keyof typeof textEdits)[];
  return fc.tuple(fc.constantFrom(...samples), edits(kinds)).map(([sample, changes]) =>
    changes.reduce((text, edit) => {
      const start = Math.floor(edit.at * text.length);
      const end = start + edit.length;
      const parts = { before: text.slice(0, start), inside: text.slice(start, end), after: text.slice(end) };
      return textEdits[edit.kind](parts, edit);
    }, sample),
  );
}

const byteEdits = {
  cut: ({ before }) => [before],
  remove: ({ before, after }) => [before, after],
  repeat: ({ before, inside, after }, { times }) => [before, ...Array<Uint8Array>(times).fill(inside), after],
  replace: ({ before, after }, { text }) => [before, Buffer.from(text), after],
  insert: ({ before, inside, after }, { text }) => [before, Buffer.from(text), inside, after],
  flip: ({ before, inside, after }, { value }) => [before, inside.map((byte) => byte ^ (1 << (value % 8))), after],
  fill: ({ before, inside, after }, { value }) => [before, inside.map(() => (value % 2 === 0 ? 0xff : 0)), after],
  byte: ({ before, inside, after }, { value }) => [before, Uint8Array.of(value), inside.subarray(1), after],
} satisfies Record<string, (parts: Parts<Uint8Array>, edit: Edit) => Uint8Array[]>;

/** Bytes that were once right: some of a sample's are cut, doubled, replaced or set to the largest there are. */
export function mutatedBytes(...samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const kinds = Object.keys(byteEdits) as (keyof typeof byteEdits)[];
  return fc.tuple(fc.constantFrom(...samples), edits(kinds)).map(([sample, changes]) =>
    changes.reduce<Uint8Array>((bytes, edit) => {
      const start = Math.floor(edit.at * bytes.length);
      const end = start + edit.length;
      const parts = {
        before: bytes.subarray(0, start),
        inside: bytes.subarray(start, end),
        after: bytes.subarray(end),
      };
      return Buffer.concat(byteEdits[edit.kind](parts, edit));
    }, sample),
  );
}

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Every place in a document where something stands, as its parent and key. */
function placesIn(document: unknown): [Record<string, unknown>, string][] {
  const found: [Record<string, unknown>, string][] = [];
  const open: unknown[] = [document];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isNode(node) || found.length > 2000) continue;
    for (const key of Object.keys(node)) {
      found.push([node, key]);
      open.push(node[key]);
    }
  }
  return found;
}

const factors = [-1, 0, 0.5, 1e9, 1e300] as const;

/** Sets a key as JSON.parse would: `__proto__` becomes a key like any other. */
function setOwn(node: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Documents that were once right: some values of a sample are replaced, removed, renamed, doubled or wrapped. */
export function mutatedDocuments(...samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const change = fc.record({
    kind: fc.constantFrom('replace', 'remove', 'rename', 'add', 'wrap', 'scale', 'copy'),
    pick: fc.nat(),
    other: fc.nat(),
    value: fc.constantFrom(...hostileValues),
    key: fc.constantFrom(...hostileTexts.filter((text) => text.length < 100)),
  });
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([sample, changes]) => {
      const root = { document: structuredClone(sample) };
      for (const { kind, pick, other, key, value: hostile } of changes) {
        const value = structuredClone(hostile);
        const found = placesIn(root);
        const [node, name] = found[pick % found.length]!;
        const [otherNode, otherName] = found[other % found.length]!;
        const before = node[name];
        if (kind === 'remove' && Array.isArray(node)) node.splice(Number(name), 1);
        else if (kind === 'remove' && node !== root) delete node[name];
        else if (kind === 'rename' && !Array.isArray(node) && node !== root) {
          delete node[name];
          setOwn(node, key, before);
        } else if (kind === 'add' && isNode(before))
          setOwn(before, Array.isArray(before) ? `${before.length}` : key, value);
        else if (kind === 'wrap') node[name] = other % 2 === 0 ? [before] : { [name]: before };
        else if (kind === 'scale' && typeof before === 'number') node[name] = before * factors[other % factors.length]!;
        else if (kind === 'copy') node[name] = structuredClone(otherNode[otherName]);
        else node[name] = value;
      }
      return root.document;
    });
}

/** A class of errors that a parser may throw. */
type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * What a parser gives, or the error it refuses with: one of its own, in words that fit a terminal. Anything else that it throws
 * (a TypeError from its inside, a stack that overflowed) fails the test.
 */
export async function readOrRefused<Value>(
  parse: () => Value,
  ...own: readonly ErrorClass[]
): Promise<
  { readonly kind: 'read'; readonly value: Awaited<Value> } | { readonly kind: 'refused'; readonly error: Error }
> {
  try {
    return { kind: 'read', value: await parse() };
  } catch (error) {
    const isOwn = own.some((type) => error instanceof type) && !isInner(error);
    if (!isOwn) throw error;
    const { message } = error as Error;
    expect(message.length, 'characters of the message').toBeGreaterThan(10);
    expect(message.length, 'characters of the message').toBeLessThan(4000);
    return { kind: 'refused', error: error as Error };
  }
}

/** Errors of the language itself, which a parser that throws a plain Error never means. */
const isInner = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError;

/** What is to stand after each run: nothing that was read changed the prototype of all objects. */
export function expectNothingPolluted(): void {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

/**
 * Fuzzes one parser with inputs that were once right.
 * @param read parses an input; what it gives is handed to `holds`
 * @param own the classes of errors that it may refuse with
 */
export async function fuzz<Input, Value>(
  inputs: fc.Arbitrary<Input>,
  read: (input: Input) => Value,
  own: readonly ErrorClass[],
  holds: (value: Awaited<Value>, input: Input) => void = () => {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      const found = await readOrRefused(() => read(input), ...own);
      expectNothingPolluted();
      if (found.kind === 'read') holds(found.value, input);
    }),
    fuzzing,
  );
}
