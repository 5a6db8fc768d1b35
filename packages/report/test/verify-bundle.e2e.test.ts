import { readFileSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { renderCertificatePage } from '../src/certificate/certificate-page.ts';
import { aFullRun, aKey, certified, nowMs } from './support/certified.ts';
import { chromiumPath } from './support/chromium.ts';
import { aHostileRun } from './support/runs.ts';

const built = new URL('../dist/verify.js', import.meta.url);

describe('the built verifier', () => {
  it('is one file that imports nothing and uses nothing of Node’s, so that a page can take it as it is', () => {
    const text = readFileSync(built, 'utf8');
    expect(text).not.toMatch(/^\s*import[\s{*'"]/m);
    expect(text).not.toMatch(/\bimport\(|\brequire\(|\bprocess\.|\bBuffer\b|from ['"]/);
  });
  it('verifies', async () => {
    const { verify } = (await import(built.href)) as typeof import('../src/verify.ts');
    const { envelope, resultsBytes } = await certified(aFullRun());
    expect(await verify({ certificate: envelope, key: aKey.publicPem, results: resultsBytes, nowMs })).toMatchObject({
      outcome: 'verified',
      verdict: 'pass',
    });
  });
});

describe.skipIf(chromiumPath === undefined)('in a real browser (needs Chromium; set CHROME_PATH)', () => {
  const inBrowser = async <T>(work: (page: Page) => Promise<T>): Promise<T> => {
    const browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    try {
      return await work(await browser.newPage());
    } finally {
      await browser.close();
    }
  };

  it('a page verifies a certificate, and refuses it with one byte changed', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun());
    const given = { certificate: [...envelope], results: [...resultsBytes], key: aKey.publicPem, nowMs };
    const outcomes = await inBrowser(async (page) => {
      // WebCrypto is there on secure origins alone; nothing is asked of the network.
      await page.route('http://localhost/**', (route) =>
        route.request().url().endsWith('/verify.js')
          ? route.fulfill({ contentType: 'text/javascript', body: readFileSync(built, 'utf8') })
          : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>verify</title>' }),
      );
      await page.goto('http://localhost/');
      return page.evaluate(`(async (given) => {
        const { verify } = await import('http://localhost/verify.js');
        const request = { ...given, certificate: new Uint8Array(given.certificate), results: new Uint8Array(given.results) };
        const changed = request.results.slice();
        changed[40] ^= 1;
        return [(await verify(request)).outcome, (await verify({ ...request, results: changed })).outcome];
      })(${JSON.stringify(given)})`);
    });
    expect(outcomes).toEqual(['verified', 'refused']);
  });

  it.each([
    ['a certificate', aFullRun(), 'certificate'],
    ['a statement with hostile text', aHostileRun(), 'statement'],
  ])('%s is a page that asks for nothing, complains of nothing and fits a phone', async (_, run, kind) => {
    const html = await renderCertificatePage(await certified(run));
    await inBrowser(async (page) => {
      const seen: string[] = [];
      page.on('console', (message) => seen.push(message.text()));
      page.on('request', (request) => seen.push(request.url()));
      page.on('dialog', (dialog) => seen.push(dialog.message()));
      await page.setViewportSize({ width: 390, height: 800 });
      await page.setContent(html);
      expect(seen).toEqual([]);
      expect(await page.locator(`main.${kind} h1`).count()).toBe(1);
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(5000);
    });
  });
});
