// Three newcomers' first hour, each in an empty folder with nothing but the packed packages and the READMEs:
// `node scripts/newcomers.mjs [python|node|ci …] [--write]` after `npm run build`; some 20 minutes on a quiet machine. With --write
// the transcript becomes docs/guides/first-hour.md, or their parts of it where people are named. Ends with 1 where a step did not
// end as expected, or does not stand in the README that it is said to be from.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (path) => readFileSync(join(root, path), 'utf8');
const example = (path) => join(root, 'examples', path);
const cliReadme = 'packages/cli/README.md';

/** The block of a README that is marked to be run. */
const firstLines = (readme) => /```ts run\n([\s\S]*?)```/.exec(textOf(readme))[1];

const gate = parse(textOf('examples/github-actions/preopen.yml'));
const runOf = (name) => Object.values(gate.jobs)[0].steps.find((step) => step.name === name || step.run === name).run;
const gateEnvironment = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'step-summary.md' };

/**
 * The people. A step is a command as typed, with the page it stands on, or `does`, something that they do in their editor;
 * `exits` is the code that they should see, 0 where nothing is said; `lines` how much of the output is kept from its beginning
 * and its end.
 */
const people = {
  python: {
    title: 'A Python team with an HTTP service',
    begins: 'Their folder holds `serve.py` (the service), `model.py` and `pipeline.py`, nothing of Preopen.',
    folder: 'alpha',
    prepare(folder) {
      for (const file of ['serve.py', 'model.py', 'pipeline.py'])
        cpSync(example(`python-stdlib/${file}`), join(folder, file));
    },
    steps: [
      { types: 'npm install --save-dev @preopen/cli', from: cliReadme },
      { types: 'npx preopen init', from: cliReadme },
      { types: 'npx preopen doctor', from: cliReadme, lines: [9, 6] },
      // The example's signal is weak: of 52 days its IC may lie across the limit, and the page says what 3 is.
      { types: 'npx preopen run --suite quick --validate-requirements', from: 'README.md', exits: [0, 3] },
      { types: 'npx preopen explain memory.service.leak', from: cliReadme },
      { types: 'npx preopen keygen', from: cliReadme },
      {
        types: 'npx preopen run --suite comprehensive --generate-report --key preopen.key.pem --output-dir out',
        from: cliReadme,
        lines: [3, 24],
      },
      // A comprehensive run that passed is a certificate; by anything less they learn what is missing, with 1 or 3.
      {
        types: 'npx preopen verify out --key preopen.pub.pem --ledger .preopen/ledger',
        from: cliReadme,
        exits: [0, 1, 3],
        lines: [40, 0],
      },
      { types: 'npx preopen history "latency.*" --html history.html', from: cliReadme },
    ],
  },
  node: {
    title: 'A Node team that imports two packages',
    begins:
      'Their folder is empty but for `package.json` (`npm init`). They want the calendar, and a latency figure in a test.',
    folder: 'scheduler',
    prepare(folder) {
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    },
    steps: [
      { types: 'npm install @preopen/market-tw', from: 'packages/market-tw/README.md' },
      {
        does: 'put the first lines of the package’s README into `calendar.mjs`, and print what they give',
        act: (folder) =>
          writeFileSync(
            join(folder, 'calendar.mjs'),
            firstLines('packages/market-tw/README.md').replace(
              /^(tradingCalendar|priceLimits)(.*?);(.*)$/gm,
              'console.log($1$2);$3',
            ),
          ),
      },
      { types: 'node calendar.mjs' },
      { types: 'npm install @preopen/latency', from: 'packages/latency/README.md' },
      {
        does: 'put the first lines of the other README into `latency.mjs`',
        act: (folder) => writeFileSync(join(folder, 'latency.mjs'), firstLines('packages/latency/README.md')),
      },
      { types: 'node latency.mjs' },
      {
        does: 'copy the example `in-your-tests`, to have both as assertions',
        act: (folder) => cpSync(example('in-your-tests'), folder, { recursive: true }),
      },
      { types: 'npm install && npx vitest run', from: 'examples/in-your-tests/README.md', lines: [4, 20] },
    ],
  },
  ci: {
    title: 'Somebody who keeps a project’s CI',
    begins:
      'The project has a model and a pipeline as JavaScript modules (`model.mjs`, `pipeline.mjs`). Pull requests are to be judged.',
    folder: 'model',
    prepare(folder) {
      for (const file of ['model.mjs', 'pipeline.mjs', 'flow.mjs'])
        cpSync(example(`node-module/${file}`), join(folder, file));
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    },
    steps: [
      { types: 'npm install --save-dev @preopen/cli', from: 'examples/github-actions/README.md' },
      { types: 'npx preopen init', from: 'examples/github-actions/README.md' },
      { types: 'mkdir -p .github/workflows', from: 'examples/github-actions/README.md' },
      {
        does: 'get the workflow (here it is copied from this repository; the README says `curl`)',
        act: (folder) => cpSync(example('github-actions/preopen.yml'), join(folder, '.github/workflows/preopen.yml')),
      },
      { says: 'A pull request: the workflow’s commands, in the environment that GitHub gives them.' },
      { types: runOf('npm ci'), from: 'examples/github-actions/preopen.yml', env: gateEnvironment },
      // As above: of so few days the IC may be undecided, which is 3.
      {
        types: runOf('Judge'),
        from: 'examples/github-actions/preopen.yml',
        env: gateEnvironment,
        exits: [0, 3],
        lines: [3, 24],
      },
      { types: 'cat step-summary.md', lines: [40, 0] },
      {
        says: 'Another pull request turns the signal around.',
        does: 'change a sign in `flow.mjs`',
        act(folder) {
          const path = join(folder, 'flow.mjs');
          writeFileSync(path, readFileSync(path, 'utf8').replace('return sum /', 'return -sum /'));
        },
      },
      {
        types: runOf('Judge'),
        from: 'examples/github-actions/preopen.yml',
        env: gateEnvironment,
        exits: [1],
        lines: [3, 24],
      },
    ],
  },
};

/** A registry on the loopback address that knows our packages alone, as the real one will: nothing is published yet. */
async function aRegistry(folder) {
  const packed = new Map();
  for (const name of readdirSync(join(root, 'packages'))) {
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: join(root, 'packages', name),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    packed.set(`@preopen/${name}`, {
      manifest: JSON.parse(textOf(`packages/${name}/package.json`)),
      filename,
      bytes: readFileSync(join(folder, filename)),
    });
  }
  const server = createServer(({ url }, response) => {
    const path = decodeURIComponent(url.slice(1));
    const tarball = [...packed.values()].find(({ filename }) => filename === path);
    if (tarball) return response.end(tarball.bytes);
    const one = packed.get(path);
    if (!one) return response.writeHead(404).end();
    const { manifest, filename, bytes } = one;
    const dist = {
      tarball: `http://127.0.0.1:${server.address().port}/${filename}`,
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    };
    const { name, version } = manifest;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** No step may take longer; a comprehensive run takes a quarter of an hour. */
const patienceMs = 40 * 60_000;
/** Ctrl-C ends what is being typed, and the folders are removed as after any other end. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => interrupted.abort(new Error(`newcomers: ended by ${signal}`)));

/** Runs what was typed; resolves with what was seen. */
function type(command, { cwd, env }) {
  interrupted.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    // A group of its own: what was typed starts others, and all of them are to end.
    const child = spawn('bash', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        // All of it has ended already.
      }
    };
    const patience = setTimeout(end, patienceMs);
    interrupted.signal.addEventListener('abort', end, { once: true });
    child.on('error', reject);
    let seen = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        seen += String(chunk);
      });
    child.on('close', (code, signal) => {
      clearTimeout(patience);
      interrupted.signal.removeEventListener('abort', end);
      if (interrupted.signal.aborted) reject(interrupted.signal.reason);
      else resolve({ seen: stripVTControlCharacters(seen), code: code ?? signal, tookMs: performance.now() - startMs });
    });
  });
}

const inWords = (ms) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/** The beginning and the end of an output, with a word on what was left out. */
function shortened(text, [first, last] = [30, 12]) {
  const lines = text.trimEnd().split('\n');
  if (lines.length <= first + last + 1) return lines.join('\n');
  const left = lines.length - first - last;
  return [...lines.slice(0, first), `… (${left} lines)`, ...(last > 0 ? lines.slice(-last) : [])].join('\n');
}

/** A command stands on the page it is said to be from; READMEs may leave out `npx`, and add a comment. */
function assertOnPage({ types, from }) {
  if (from === undefined) return;
  const page = textOf(from);
  if (!page.includes(types) && !page.includes(types.replace(/^npx /, '')))
    throw new Error(`newcomers: “${types}” does not stand in ${from}`);
}

async function hourOf(person, { home, registry }) {
  const cwd = join(home, person.folder);
  mkdirSync(cwd);
  person.prepare(cwd);
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home,
    COLUMNS: '120',
    npm_config_registry: registry.others,
    npm_config_update_notifier: 'false',
  };
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}`;
  const pages = [`## ${person.title}\n`, `${person.begins} (${machine}.)\n`];
  let totalMs = 0;
  let isAsExpected = true;
  for (const step of person.steps) {
    if (step.says) pages.push(`${step.says}\n`);
    if (step.does) pages.push(`*They ${step.does}.*\n`);
    step.act?.(cwd);
    if (!step.types) continue;
    assertOnPage(step);
    process.stderr.write(`  $ ${step.types}\n`);
    const { seen, code, tookMs } = await type(step.types, { cwd, env: { ...env, ...step.env } });
    totalMs += tookMs;
    const { exits = [0] } = step;
    if (!exits.includes(code)) {
      isAsExpected = false;
      process.stderr.write(`    ended with ${code}, expected ${exits.join(' or ')}:\n${seen}\n`);
    }
    const from = step.from ? `, from [${basename(step.from)}](../../${step.from})` : '';
    const output = shortened(seen.replaceAll(home, '~').replaceAll(root, '…/'), step.lines);
    const text = ['```text', `$ ${step.types}`, ...(output === '' ? [] : [output]), '```'].join('\n');
    pages.push(`${text}\n`, `${inWords(tookMs)}, exit code ${code}${from}.\n`);
  }
  pages.push(`**All of it: ${inWords(totalMs)}** of the machine’s time.\n`);
  return { pages, isAsExpected };
}

const page = join(root, 'docs/guides/first-hour.md');
const intro = `# A first hour, three times

Typed by \`npm run newcomers -- --write\`, which packs every package and serves it to npm as the registry will. Each begins with an
empty npm cache. Every command stands in the page that is named below it. Long outputs are shortened.
`;

/** The transcript that is there, by title. */
function transcripts() {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  return new Map(
    text
      .split(/^(?=## )/m)
      .flatMap((part) => (part.startsWith('## ') ? [[part.slice(3, part.indexOf('\n')), part]] : [])),
  );
}

async function main() {
  const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const unknown = named.filter((name) => !Object.hasOwn(people, name));
  if (unknown.length > 0) throw new Error(`newcomers: expected ${Object.keys(people).join(', ')}, got ${unknown}`);
  const chosen = named.length > 0 ? named : Object.keys(people);
  const work = mkdtempSync(join(tmpdir(), 'newcomers-'));
  const parts = transcripts();
  let isAsExpected = true;
  try {
    const registry = await aRegistry(work);
    const others = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
    try {
      for (const name of chosen) {
        const person = people[name];
        process.stderr.write(`${person.title}\n`);
        const home = join(work, name);
        mkdirSync(home);
        writeFileSync(join(home, '.npmrc'), `@preopen:registry=${registry.url}\n`);
        const hour = await hourOf(person, { home, registry: { others } });
        parts.set(person.title, `${hour.pages.join('\n').trimEnd()}\n`);
        isAsExpected &&= hour.isAsExpected;
      }
    } finally {
      registry.close();
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const titles = Object.values(people).map(({ title }) => title);
  const document = `${[intro, ...titles.flatMap((title) => parts.get(title)?.trimEnd().concat('\n') ?? [])].join('\n')}`;
  if (process.argv.includes('--write') && isAsExpected) writeFileSync(page, document);
  else process.stdout.write(document);
  process.exitCode = isAsExpected ? 0 : 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
