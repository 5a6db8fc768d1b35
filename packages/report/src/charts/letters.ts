import { escapeHtml } from '../escape.ts';

/** Height of letters in drawings, in pixels; a drawing is made for each width, so that they stay as large as the page's. */
export const fontSize = 11;

/** Room that text takes; CJK letters are as wide as they are high. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u2e7f' ? fontSize : fontSize * 0.56), 0);

/** Names at the ends of lines, moved apart where they would touch. */
export function spreadLabels(labels: readonly { y: number; name: string }[], low: number, high: number): number[] {
  const gap = fontSize + 3;
  const order = labels.map((_, k) => k).sort((a, b) => labels[a]!.y - labels[b]!.y);
  const y = labels.map((label) => label.y);
  order.forEach((k, turn) => {
    const before = order[turn - 1];
    y[k] = Math.max(low, before === undefined ? y[k]! : Math.max(y[k]!, y[before]! + gap));
  });
  [...order].reverse().forEach((k, turn, reversed) => {
    const after = reversed[turn - 1];
    y[k] = Math.min(y[k]!, after === undefined ? high : y[after]! - gap);
  });
  return y;
}

/** A text in a drawing, in its own colour by its kind. */
export const text = (
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end',
  kind = 'note',
): string =>
  `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeHtml(content)}</text>`;

/** A name, cut where it is wider than its room. */
export function fitted(name: string, room: number): string {
  if (textWidth(name) <= room) return name;
  const letters = [...name];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`) > room) letters.pop();
  return `${letters.join('')}…`;
}
