// How long Chromium takes to open a page; `undefined` where there is none.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const paths = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Median over so many times, from the start of the navigation to the end of the load event, as the browser itself says. */
export async function openingMs(pagePath, times) {
  const executablePath = paths.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) return undefined;
  const { chromium } = createRequire(new URL('../../packages/report/package.json', import.meta.url))('playwright-core');
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  const opened = [];
  for (let turn = 0; turn < times; turn++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(pagePath).href);
    opened.push(await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"));
    await page.close();
  }
  await browser.close();
  return opened.sort((a, b) => a - b)[times >> 1];
}
