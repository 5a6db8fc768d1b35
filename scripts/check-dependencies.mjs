// Holds the packages to the order of the architecture: an arrow points down only, and only along the drawn lines. And to the
// licence: npm packs the text that lies in a package's own folder, not that of the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which of our packages each may import. */
const allowed = {
  core: [],
  frame: [],
  'lightgbm-wasm': [],
  'market-tw': ['core'],
  profiler: ['core'],
  latency: ['core'],
  report: ['core'],
  load: ['core', 'latency'],
  failover: ['core', 'latency', 'load'],
  pipeline: ['core', 'market-tw', 'frame', 'lightgbm-wasm'],
  cli: ['core', 'market-tw', 'frame', 'lightgbm-wasm', 'pipeline', 'profiler', 'latency', 'load', 'failover', 'report'],
};

const sourceFiles = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const problems = [];
const license = readFileSync('LICENSE', 'utf8');
for (const name of readdirSync('packages')) {
  const mayImport = allowed[name];
  if (!mayImport) {
    problems.push(`packages/${name}: not in the architecture; add it to scripts/check-dependencies.mjs with its place`);
    continue;
  }
  const own = `packages/${name}/LICENSE`;
  if (!existsSync(own) || readFileSync(own, 'utf8') !== license) problems.push(`${own}: is not a copy of LICENSE`);
  const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  const declared = new Set();
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const dependency of Object.keys(manifest[field] ?? {})) {
      if (dependency.startsWith('@preopen/')) declared.add(dependency.slice('@preopen/'.length));
    }
  }
  for (const other of declared) {
    if (!mayImport.includes(other)) problems.push(`packages/${name}/package.json: may not depend on @preopen/${other}`);
  }
  const imported = new Set();
  for (const file of sourceFiles(`packages/${name}/src`)) {
    const text = readFileSync(file, 'utf8');
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      const other = /^@preopen\/([^/]+)/.exec(specifier)?.[1];
      if (other) {
        imported.add(other);
        if (!mayImport.includes(other)) problems.push(`${file}: may not import @preopen/${other}`);
        else if (!declared.has(other)) problems.push(`${file}: imports @preopen/${other}, which the manifest lacks`);
      }
      if (/^\.\.\/\.\.\/\.\.\//.test(specifier)) problems.push(`${file}: reaches out of its package with ${specifier}`);
    }
  }
  for (const other of declared) {
    if (!imported.has(other))
      problems.push(`packages/${name}/package.json: @preopen/${other} is declared and never imported`);
  }
}
for (const problem of problems) console.log(problem);
console.log(`${Object.keys(allowed).length} packages, ${problems.length} broken rules of dependencies and licences`);
process.exitCode = problems.length > 0 ? 1 : 0;
