import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aHostileRun, aRun } from './support/runs.ts';

const executablePath = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const built = new URL('../dist/index.js', import.meta.url);

describe.skipIf(executablePath === undefined)('the page in a real browser (needs Chromium; set CHROME_PATH)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a run with every kind of verdict', aRun(), 1100],
    ['hostile text', aHostileRun(), 1100],
    ['a phone', aRun(), 390],
    ['an empty run', aRun({ checks: [], requirements: [] }), 1100],
  ])('asks for nothing, complains of nothing and fits its width: %s', async (name, run, width) => {
    const { renderReport } = (await import(built.href)) as typeof import('../src/index.ts');
    const path = join(folder, `${name.replace(/\W+/g, '-')}.html`);
    writeFileSync(path, renderReport(run));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    await page.goto(pathToFileURL(path).href);
    expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
    expect(requests.filter((url) => url.startsWith('file:'))).toHaveLength(1);
    expect(complaints).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await page.close();
  });

  it('shows its charts in the dark, and prints', async () => {
    const { renderReport } = (await import(built.href)) as typeof import('../src/index.ts');
    const path = join(folder, 'dark.html');
    writeFileSync(path, renderReport(aRun()));
    const page = await browser.newPage({ colorScheme: 'dark' });
    await page.goto(pathToFileURL(path).href);
    expect(await page.locator('figure svg').count()).toBe(2);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(18, 22, 28)');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    await page.close();
  });
});
