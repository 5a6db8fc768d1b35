// Builds the documentation site in docs-site/: the pages of docs/, every package's README and its API, searchable, and
// looked at without a network. Installs typedoc beside this file first, where it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const run = (command, args) => {
  const { status } = spawnSync(command, args, { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
if (!existsSync(join(here, 'node_modules', 'typedoc'))) run('npm', ['ci', '--no-audit', '--no-fund']);
run(process.execPath, [
  join(here, 'node_modules', 'typedoc', 'bin', 'typedoc'),
  '--logLevel',
  'Warn',
  ...process.argv.slice(2),
]);

// Every page must lead to files that are there, and load nothing from elsewhere.
const site = fileURLToPath(new URL('../../docs-site', import.meta.url));
const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'));
const problems = new Set();
for (const page of pages) {
  const html = readFileSync(join(site, page), 'utf8');
  for (const [tag, attribute, target] of html.matchAll(/<[^>]*\s(href|src)="([^"#?]+)[^"]*"[^>]*>/g)) {
    if (/^(https?:|data:|mailto:)/.test(target)) {
      if (attribute === 'src' || tag.startsWith('<link')) problems.add(`${page} loads ${target}`);
    } else if (!existsSync(join(site, dirname(page), decodeURI(target)))) {
      problems.add(`${page} leads to ${relative(site, join(site, dirname(page), target))}, which is not there`);
    }
  }
}
for (const problem of problems) console.error(problem);
console.log(`docs-site: ${pages.length} pages, ${problems.size} broken links`);
if (problems.size > 0) process.exitCode = 1;
