/**
 * The sizes of a tensor as they stand in a message; empty where there is no list of them, `NaN` for what is no number. Texts of
 * digits count: gateways from protocol buffers write whole numbers of 64 bits so.
 */
export function tensorSizes(shape: unknown): number[] {
  if (!Array.isArray(shape)) return [];
  return shape.map((size: unknown) =>
    typeof size === 'number' || typeof size === 'string' ? Number(size) : Number.NaN,
  );
}
