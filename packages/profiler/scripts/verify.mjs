// All proofs of this package, one after the other: `node scripts/verify.mjs [--seeds N] [--large]`. With one seed, as `npm run
// verify` asks for, some minutes; ten seeds of the leaks alone take most of an hour: see verify-leaks.mjs for its --resume.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const seedsAt = args.indexOf('--seeds');
const seeds = seedsAt < 0 ? [] : args.slice(seedsAt, seedsAt + 2);
const large = args.includes('--large') ? ['--large'] : [];
let failures = 0;
for (const [script, own] of [
  ['verify-peaks.mjs', large],
  ['verify-heaps.mjs', []],
  ['verify-profiles.mjs', []],
  ['verify-settings.mjs', []],
  ['verify-leaks.mjs', seeds],
]) {
  process.stdout.write(`\n${script}\n`);
  const path = fileURLToPath(new URL(script, import.meta.url));
  if (spawnSync(process.execPath, [path, ...own], { stdio: 'inherit' }).status !== 0) failures++;
}
process.exitCode = failures > 0 ? 1 : 0;
