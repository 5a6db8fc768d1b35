import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);

const SCRIPT = `
  const x = Float64Array.from({ length: 300 }, (_, i) => (i % 30) / 3);
  const data = { rowCount: 300, columns: [x] };
  const label = x.map((value) => Math.round(Math.sin(value) * 100) / 100);
  const booster = await Booster.train({ data, label, params: { num_iterations: 5, num_leaves: 7, num_threads: 1 } });
  const read = Booster.load(booster.toModelText());
  // Few rows, many rows and single rows go different ways.
  const few = read.predict({ rowCount: 6, columns: [x.slice(0, 6)] });
  const single = x.map((value) => read.predictRow(Float64Array.of(value)));
  return booster.toModelText() + [...few, ...read.predict(data), ...single].join();
`;

interface Module {
  Booster: unknown;
}

it.skipIf(!browser)('in a browser (needs Chromium) the bundle gives the bits that it gives in Node', async () => {
  const bundle = new URL('../dist/index.js', import.meta.url);
  const { Booster } = (await import(bundle.href)) as Module;
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (b: unknown) => Promise<string>;
  const expected = await new AsyncFunction('Booster', SCRIPT)(Booster);
  // A module from a file may not import another; so the bundle is put into the page.
  const code = readFileSync(bundle, 'utf8')
    .replace(/export\s*\{[^}]*\};?/, '')
    .replaceAll('</script', '<\\/script');
  const folder = mkdtempSync(join(tmpdir(), 'lightgbm-wasm-browser-'));
  try {
    const page = join(folder, 'page.html');
    const run = `(async () => {${SCRIPT}})().then(show, (error) => show('failed: ' + error.stack));`;
    const show = `const show = (text) => { document.querySelector('pre').textContent = text; };`;
    writeFileSync(page, `<!doctype html><pre></pre><script type="module">${code}\n${show}\n${run}</script>`);
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=20000', '--dump-dom'];
    const dom = execFileSync(browser!, [...flags, `--user-data-dir=${folder}`, pathToFileURL(page).href], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 90_000,
    });
    expect(/<pre>([\s\S]*)<\/pre>/.exec(dom)?.[1]).toBe(expected);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
