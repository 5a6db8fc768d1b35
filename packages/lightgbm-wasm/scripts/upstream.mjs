// Builds upstream LightGBM 4.1 from the npm tarball lightgbm@1.0.27, once, under the temp folder: what comparisons and
// benchmarks run beside. Nothing of it is part of the package.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

const has = (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0;

/** Where built things are kept. */
export const upstreamCache = join(tmpdir(), 'preopen-lightgbm-upstream');

/**
 * A folder of LightGBM sources with the command line program (`lightgbm`) and the library (`lib_lightgbm.so`) built.
 * @param given such a folder that is there already, or `undefined` to build one
 * @param say told what takes long
 * @returns `{ folder }`, or `{ reason }` where it cannot be built
 */
export function buildUpstream(given, say) {
  if (given) return { folder: given };
  const folder = join(upstreamCache, 'package/dependencies/LightGBM');
  if (existsSync(join(folder, 'lib_lightgbm.so')) && existsSync(join(folder, 'lightgbm'))) return { folder };
  for (const tool of ['g++', 'cmake', 'make']) {
    if (!has(tool)) return { reason: `no ${tool} to build upstream LightGBM with` };
  }
  say('building upstream LightGBM (some minutes, once) …');
  const build = join(upstreamCache, 'build');
  mkdirSync(build, { recursive: true });
  try {
    const pack = ['pack', 'lightgbm@1.0.27', '--json', '--pack-destination', upstreamCache];
    // Outside the repository: its .npmrc forbids what its own packages have no need of.
    const quietly = { cwd: upstreamCache, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const [tarball] = JSON.parse(execFileSync('npm', pack, quietly));
    execFileSync('tar', ['xzf', join(upstreamCache, tarball.filename), '-C', upstreamCache]);
  } catch {
    return { reason: 'the npm tarball lightgbm@1.0.27 could not be fetched' };
  }
  const cmake = ['-DCMAKE_BUILD_TYPE=Release', '-DUSE_OPENMP=ON', folder];
  execFileSync('cmake', cmake, { cwd: build, stdio: 'ignore' });
  execFileSync('make', [`-j${cpus().length}`], { cwd: build, stdio: 'ignore' });
  return { folder };
}
