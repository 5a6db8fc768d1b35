/**
 * Reads a QR code of version 5 (37 modules) at error correction M without correcting errors: enough to tell what a code that was drawn says.
 * Written from ISO/IEC 18004:2015: format information (7.9), placement of codewords (7.7.3), masks (7.8.2), byte mode (7.4.5).
 */
export function readQrCode(svg: string): string {
  const [, size = '0'] = /viewBox="0 0 (\d+) /.exec(svg) ?? [];
  const dark = new Set([...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x},${y}`));
  const xs = [...dark].map((place) => Number(place.split(',')[0]));
  // The quiet zone around the code is light.
  const quiet = Math.min(...xs);
  const modules = Number(size) - 2 * quiet;
  if (modules !== 37) throw new Error(`a code of ${modules} modules is not of version 5`);
  const isDark = (x: number, y: number): boolean => dark.has(`${x + quiet},${y + quiet}`);

  // Format: 15 bits beside the upper left finder, masked with 101010000010010; two of the level, three of the mask.
  const places = [
    ...[0, 1, 2, 3, 4, 5, 7, 8].map((x) => [x, 8] as const),
    ...[7, 5, 4, 3, 2, 1, 0].map((y) => [8, y] as const),
  ];
  const format = places.reduce((bits, [x, y]) => (bits << 1) | Number(isDark(x, y)), 0) ^ 0b101010000010010;
  const level = format >> 13;
  if (level !== 0b00) throw new Error(`error correction ${level} is not M`);
  const masks: readonly ((row: number, column: number) => boolean)[] = [
    (i, j) => (i + j) % 2 === 0,
    (i) => i % 2 === 0,
    (_, j) => j % 3 === 0,
    (i, j) => (i + j) % 3 === 0,
    (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
    (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
    (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
    (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
  ];
  const isMasked = masks[(format >> 10) & 0b111]!;

  /** Finders with their format, timing lines, and the one alignment pattern of version 5, around (30, 30). */
  const isFunction = (x: number, y: number): boolean =>
    (x < 9 && y < 9) ||
    (x >= modules - 8 && y < 9) ||
    (x < 9 && y >= modules - 8) ||
    x === 6 ||
    y === 6 ||
    (Math.abs(x - 30) <= 2 && Math.abs(y - 30) <= 2);
  const bits: number[] = [];
  let upward = true;
  for (let right = modules - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    for (let step = 0; step < modules; step++) {
      const y = upward ? modules - 1 - step : step;
      for (const x of [right, right - 1]) if (!isFunction(x, y)) bits.push(Number(isDark(x, y) !== isMasked(y, x)));
    }
    upward = !upward;
  }
  const codeword = (k: number): number => bits.slice(8 * k, 8 * k + 8).reduce((byte, bit) => (byte << 1) | bit, 0);
  // Version 5-M: two blocks of 43 data codewords each, one codeword of either in turn.
  const data = [0, 1].flatMap((block) => Array.from({ length: 43 }, (_, k) => codeword(2 * k + block)));
  const stream = data.flatMap((byte) => Array.from({ length: 8 }, (_, k) => (byte >> (7 - k)) & 1));
  const number = (from: number, count: number): number =>
    stream.slice(from, from + count).reduce((sum, bit) => (sum << 1) | bit, 0);
  if (number(0, 4) !== 0b0100) throw new Error(`mode ${number(0, 4)} is not bytes`);
  return String.fromCharCode(...Array.from({ length: number(4, 8) }, (_, k) => number(12 + 8 * k, 8)));
}
