/** A line over the sessions of a chart. */
export interface ChartLine {
  readonly name: string;
  /** A colour of SVG. */
  readonly colour: string;
  /** One value per date; `NaN` leaves a gap. */
  readonly values: ArrayLike<number>;
  readonly isDashed?: boolean;
}

const width = 640;
const height = 320;
const margin = { left: 52, right: 16, top: 40, bottom: 30 };

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Steps of 1, 2 or 5 that give about five lines. */
function gridStep(span: number): number {
  const raw = span / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5].find((step) => step * power >= raw) ?? 10);
}

/** Lines over dates as an SVG of 640 × 320, self-contained, without scripts or fonts of its own. */
export function lineChart(chart: {
  readonly title: string;
  readonly dates: readonly string[];
  readonly lines: readonly ChartLine[];
}): string {
  const { title, dates, lines } = chart;
  const shown = lines.flatMap(({ values }) => Array.from(values).filter((value) => !Number.isNaN(value)));
  const lowest = Math.min(...shown);
  const highest = Math.max(...shown);
  const step = gridStep(highest - lowest || 1);
  const bottom = Math.floor(lowest / step) * step;
  const top = Math.ceil(highest / step) * step || bottom + step;
  const x = (t: number): number =>
    margin.left + (t / Math.max(1, dates.length - 1)) * (width - margin.left - margin.right);
  const y = (value: number): number =>
    margin.top + ((top - value) / (top - bottom || 1)) * (height - margin.top - margin.bottom);
  const round = (value: number): string => value.toFixed(1);

  const grid: string[] = [];
  for (let k = 0; bottom + k * step <= top + step / 2; k++) {
    const value = bottom + k * step;
    grid.push(
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(value))}" y2="${round(y(value))}" stroke="#ddd"/>`,
      `<text x="${margin.left - 6}" y="${round(y(value) + 4)}" text-anchor="end">${Number(value.toPrecision(6))}</text>`,
    );
  }
  const marks = Math.min(6, dates.length);
  const labels = Array.from({ length: marks }, (_, k) => {
    const t = Math.round((k * (dates.length - 1)) / Math.max(1, marks - 1));
    const anchor = k === 0 ? 'start' : k === marks - 1 ? 'end' : 'middle';
    return `<text x="${round(x(t))}" y="${height - 10}" text-anchor="${anchor}">${dates[t]}</text>`;
  });
  const paths = lines.map(({ values, colour, isDashed }) => {
    let path = '';
    let isPen = false;
    for (let t = 0; t < values.length; t++) {
      if (Number.isNaN(values[t]!)) isPen = false;
      else {
        path += `${isPen ? 'L' : 'M'}${round(x(t))} ${round(y(values[t]!))}`;
        isPen = true;
      }
    }
    const dash = isDashed ? ' stroke-dasharray="6 4"' : '';
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`;
  });
  let at = margin.left;
  const legend = lines.map(({ name, colour, isDashed }) => {
    const dash = isDashed ? ' stroke-dasharray="6 4"' : '';
    const entry = `<line x1="${at}" x2="${at + 22}" y1="32" y2="32" stroke="${colour}" stroke-width="2"${dash}/><text x="${at + 27}" y="36">${escaped(name)}</text>`;
    at += 40 + 6.4 * name.length;
    return entry;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin.left}" y="18" font-size="13" font-weight="bold">${escaped(title)}</text>`,
    ...legend,
    ...grid,
    ...labels,
    ...paths,
    '</svg>',
    '',
  ].join('\n');
}
