// Pictures of the report for the README: `node scripts/screenshots.mjs OUT RUN …`, RUN a results.json; of each section the
// picture of the first run that measured it. Needs Chromium, and pngquant to make them small.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readResults } from '@preopen/core';
import { chromium } from 'playwright-core';
import { historyPoints, readHistory, renderReport } from '../dist/index.js';

const [out, ...paths] = process.argv.slice(2);
if (out === undefined || paths.length === 0) throw new Error('give a folder for the pictures and a results.json');
const historyDir = process.env.PREOPEN_HISTORY;
const sections = [
  'summary',
  'requirements',
  'latency',
  'throughput',
  'memory',
  'signal',
  'taiwan',
  'recovery',
  'scaling',
  'history',
  'environment',
];
/** Pixels of the page that a picture shows at most. */
const views = [
  { name: 'desktop', width: 1280, height: 1000, scale: 0.6 },
  { name: 'phone', width: 390, height: 900, scale: 0.75 },
];
/** What a phone shows as a desktop does, only narrower, has one picture. */
const onPhones = ['summary', 'requirements', 'latency', 'recovery'];

mkdirSync(out, { recursive: true });
const executablePath = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const taken = new Set();
let bytes = 0;
try {
  for (const [k, path] of paths.entries()) {
    const results = await readResults(path);
    const history = historyDir ? historyPoints(results, (await readHistory(historyDir)).entries) : [];
    const page = join(folder, `${k}.html`);
    writeFileSync(page, renderReport(results, { history }));
    for (const { name, width, height, scale } of views) {
      const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
      const tab = await context.newPage();
      await tab.goto(pathToFileURL(page).href);
      // Sections that are not in view are not drawn, and a clip of a full page may lie beyond the view.
      await tab.evaluate(() => {
        for (const section of document.querySelectorAll('section')) section.style.contentVisibility = 'visible';
      });
      for (const section of sections) {
        const key = `${section}-${name}`;
        const place = tab.locator(`#${section}`);
        const isEmpty = (await place.locator('.chart, .keys, .requirements, .pairs, .claims, .compact').count()) === 0;
        if (taken.has(key) || isEmpty || (name === 'phone' && !onPhones.includes(section))) continue;
        taken.add(key);
        const { x, y, width: wide, height: high } = await place.boundingBox();
        const edge = 8;
        const clip = { x: x - edge, y: y - edge, width: wide + 2 * edge, height: Math.min(high + 2 * edge, height) };
        const file = join(out, `${key}.png`);
        writeFileSync(file, await tab.screenshot({ fullPage: true, clip }));
        spawnSync('pngquant', ['--force', '--ext', '.png', '--skip-if-larger', '--speed', '1', '24', file]);
        bytes += statSync(file).size;
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
process.stdout.write(`${taken.size} pictures, ${(bytes / 1000).toFixed(0)} kB\n`);
if (bytes > 300_000) process.exitCode = 1;
