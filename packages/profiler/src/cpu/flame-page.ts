import type { FlameFrame } from './flame-graph.ts';

/** How a graph is drawn. */
export interface FlamePageOptions {
  readonly title: string;
  /** A value in words, as `12.3 ms`. */
  readonly show: (value: number) => string;
}

const rowPx = 18;
const widthPx = 1200;
/** Narrower than this nobody can see a frame, and a page of a long run has a hundred thousand of them. */
const leastPx = 0.4;
/** Text takes about this much per character at the size below. */
const charPx = 6.6;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A hue for a file, so that frames of one file look alike: warm for the program, grey for Node and V8. */
function colourOf({ name, place }: FlameFrame): string {
  if (place === '' || place.startsWith('node:')) return name === '(garbage collector)' ? '#b5651d' : '#b9bec7';
  const file = place.slice(0, place.lastIndexOf(':'));
  let hash = 0;
  for (let i = 0; i < file.length; i++) hash = (Math.imul(hash, 31) + file.charCodeAt(i)) >>> 0;
  return `hsl(${15 + (hash % 40)} 85% ${66 + (hash % 3) * 4}%)`;
}

function drawn(root: FlameFrame, show: (value: number) => string): { svg: string; rows: number; left: number } {
  const parts: string[] = [];
  let rows = 0;
  let left = 0;
  const visit = (frame: FlameFrame, x: number, depth: number): void => {
    const width = (frame.value / root.value) * widthPx;
    if (width < leastPx) {
      left++;
      return;
    }
    rows = Math.max(rows, depth + 1);
    const share = `${((frame.value / root.value) * 100).toFixed(1)} %`;
    const title = `${frame.name}${frame.place === '' ? '' : ` ${frame.place}`}: ${show(frame.value)}, ${share}`;
    const shown = Math.floor((width - 6) / charPx);
    const label = shown < 3 ? '' : frame.name.length <= shown ? frame.name : `${frame.name.slice(0, shown - 1)}…`;
    const text =
      label === '' ? '' : `<text x="${(x + 3).toFixed(2)}" y="${depth * rowPx + 13}">${escaped(label)}</text>`;
    parts.push(
      `<g data-x="${x.toFixed(3)}" data-w="${width.toFixed(3)}" data-d="${depth}"><title>${escaped(title)}</title>` +
        `<rect x="${x.toFixed(2)}" y="${depth * rowPx}" width="${Math.max(0.2, width - 0.4).toFixed(2)}" height="${rowPx - 1}" fill="${colourOf(frame)}"/>${text}</g>`,
    );
    let at = x;
    for (const child of frame.children) {
      visit(child, at, depth + 1);
      at += (child.value / root.value) * widthPx;
    }
  };
  visit(root, 0, 0);
  return { svg: parts.join('\n'), rows, left };
}

/** Zooms to what is clicked, and marks what is searched. The graph can be read without it: titles are SVG's own. */
const script = `
const svg = document.querySelector('svg'), groups = [...svg.querySelectorAll('g')], width = ${widthPx};
const name = (g) => g.querySelector('title').textContent;
function zoom(to) {
  const x0 = +to.dataset.x, w0 = +to.dataset.w, d0 = +to.dataset.d;
  for (const g of groups) {
    const x = +g.dataset.x, w = +g.dataset.w, below = +g.dataset.d < d0;
    const shown = below ? x <= x0 + 1e-6 && x + w >= x0 + w0 - 1e-6 : x >= x0 - 1e-6 && x + w <= x0 + w0 + 1e-6;
    g.style.display = shown ? '' : 'none';
    if (!shown) continue;
    const nx = below ? 0 : (x - x0) / w0 * width, nw = below ? width : w / w0 * width;
    const rect = g.querySelector('rect');
    rect.setAttribute('x', nx); rect.setAttribute('width', Math.max(0.2, nw - 0.4));
    rect.style.opacity = below ? 0.5 : 1;
    let text = g.querySelector('text');
    const room = Math.floor((nw - 6) / ${charPx}), full = name(g).split(/ (?:\\S+:\\d+)?: |: /)[0].split(' ')[0];
    if (room < 3) { if (text) text.textContent = ''; continue; }
    if (!text) {
      text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
      text.setAttribute('y', +g.dataset.d * ${rowPx} + 13); g.append(text);
    }
    text.setAttribute('x', nx + 3);
    text.textContent = full.length <= room ? full : full.slice(0, room - 1) + '…';
  }
}
svg.addEventListener('click', (event) => { const g = event.target.closest('g'); if (g) zoom(g); });
document.querySelector('button').addEventListener('click', () => zoom(groups[0]));
document.querySelector('input').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const g of groups) g.classList.toggle('found', wanted !== '' && name(g).toLowerCase().includes(wanted));
});`;

/**
 * A flame graph as one HTML page that loads nothing: the root on top, callees below, as wide as their value. Without
 * scripts it can still be read.
 */
export function flamePage(root: FlameFrame, { title, show }: FlamePageOptions): string {
  const { svg, rows, left } = root.value > 0 ? drawn(root, show) : { svg: '', rows: 1, left: 0 };
  const note =
    root.value > 0
      ? `${show(root.value)} in all. Click a frame to zoom; the root shows all again.${left > 0 ? ` ${left} frames are narrower than a line, and not drawn.` : ''}`
      : 'Nothing was seen.';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5rem; }
h1 { font-size: 1.2rem; margin: 0; }
svg { width: 100%; min-width: 640px; height: auto; font: 11px ui-monospace, monospace; cursor: pointer; }
svg text { pointer-events: none; fill: #1b1b1b; }
g.found rect { stroke: #7b2ff7; stroke-width: 2; }
p { margin: .4rem 0 1rem; } .scroll { overflow-x: auto; }
</style></head><body>
<h1>${escaped(title)}</h1>
<p>${escaped(note)} <label>Find <input type="search"></label> <button type="button">Show all</button></p>
<div class="scroll"><svg viewBox="0 0 ${widthPx} ${rows * rowPx}" role="img" aria-label="${escaped(title)}">
${svg}
</svg></div>
<script>${script}</script>
</body></html>
`;
}
