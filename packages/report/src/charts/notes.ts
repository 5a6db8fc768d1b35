import type { Chart } from './chart.ts';
import type { Layout } from './layout.ts';
import { spreadLabels, text } from './letters.ts';
import { colour } from './marks.ts';

/** What echarts has no words for: names of panels, axes and lines, written where they belong. */
export function notesOf(chart: Chart, layout: Layout): string {
  const { positions } = chart;
  const { panels, rows, across, flat, left, plotWidth, height, hasEndNames } = layout;
  const notes: string[] = [];
  panels.forEach(({ panel, unit, levels, levelsAbove, top: panelStart, height: panelHeight, place, ticks }, grid) => {
    const label = [panel.name, unit.name].filter((part) => part).join(' · ');
    if (label && !flat) notes.push(text(0, panelStart - 11, label, 'start'));
    if (flat && panel.name) notes.push(text(left + plotWidth / 2, panelStart + panelHeight + 32, panel.name, 'middle'));
    const y = (at: number): number => panelStart + panelHeight * (1 - (at - ticks.min) / (ticks.max - ticks.min));
    if (hasEndNames[grid]) {
      const ends = panel.marks.flatMap((mark) => {
        const value = rows.map((row) => mark.values[row]).findLast((one) => one !== null && one !== undefined);
        return typeof value === 'number' ? [{ y: y(place(value)), name: mark.name, tone: mark.tone }] : [];
      });
      const spread = spreadLabels(ends, panelStart + 4, panelStart + panelHeight);
      ends.forEach(({ name, tone }, k) => {
        notes.push(
          `<circle cx="${left + plotWidth + 6}" cy="${spread[k]!.toFixed(1)}" r="3" fill="${colour(tone)}"/>`,
          text(left + plotWidth + 12, spread[k]! + 4, name, 'start', 'name'),
        );
      });
    }
    // A limit beyond the drawing is told, not drawn: it would press the marks flat.
    for (const level of panel.levels ?? [])
      if (!levels.includes(level) || (levelsAbove && !flat))
        notes.push(
          text(
            left + plotWidth,
            panelStart - 11,
            levels.includes(level) ? `┄ ${level.label}` : `${level.label} ${flat ? '→' : level.value > 0 ? '↑' : '↓'}`,
            'end',
            'limit',
          ),
        );
  });
  const firstPanel = panels[0]!;
  for (const { at, label } of chart.moments ?? []) {
    const share = across.share(at);
    const before = share > 0.7;
    notes.push(
      text(
        left + plotWidth * share + (before ? -5 : 5),
        firstPanel.top + 11,
        label,
        before ? 'end' : 'start',
        'moment',
      ),
    );
  }
  if (chart.instants && chart.instants.at.length > 0 && !flat) {
    const foot = firstPanel.top + firstPanel.height;
    const marks = chart.instants.at
      .map((at) => across.share(at))
      .filter((share) => share >= 0 && share <= 1)
      .map((share) => `M${(left + plotWidth * share).toFixed(1)} ${foot}v-7`);
    notes.push(
      `<path class="instants" d="${marks.join('')}"/>`,
      text(left + plotWidth, foot - 11, `| ${chart.instants.name}`, 'end'),
    );
  }
  if (!flat && positions.name) {
    const axisName = across.unit.name ? `${positions.name} · ${across.unit.name}` : positions.name;
    notes.push(text(left + plotWidth / 2, height - 4, axisName, 'middle'));
  }
  return notes.join('');
}
