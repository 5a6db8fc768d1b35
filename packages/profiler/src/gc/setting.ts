/** A way to set V8's garbage collector. */
export interface GcSetting {
  readonly name: string;
  /** Flags for `NODE_OPTIONS`; none for V8's own choice. */
  readonly flags: readonly string[];
}

/** V8 as it comes: what the others are held against. */
export const defaultSetting: GcSetting = { name: 'default', flags: [] };

/** Half of the young generation, in MiB; V8's own is 16. Twice and four times that are what rapid garbage asks for. */
const semiSpaces = [32, 64] as const;

/**
 * A grid of young generation × old space, the default first.
 * @param heapBytes what the live heap takes at most; the tight old space is half as much again, so that it still works
 */
export function usualSettings(heapBytes: number): GcSetting[] {
  const tightMiB = Math.max(16, Math.ceil((heapBytes * 1.5) / 2 ** 20));
  const tight: GcSetting = { name: `old space ${tightMiB} MB`, flags: [`--max-old-space-size=${tightMiB}`] };
  const young = semiSpaces.map(
    (size): GcSetting => ({ name: `semi-space ${size} MB`, flags: [`--max-semi-space-size=${size}`] }),
  );
  const both = young.map(
    ({ name, flags }): GcSetting => ({ name: `${name}, ${tight.name}`, flags: [...flags, ...tight.flags] }),
  );
  return [defaultSetting, ...young, tight, ...both];
}
