// A small pipeline: `node pipeline.mjs HOW OUTPUT`. HOW says what it does wrong. Its work takes three times as long as the start of
// its first run, however slow the machine is, and as long in all further runs, so that most kills meet it at work.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const [how, output] = process.argv.slice(2);
mkdirSync(output, { recursive: true });
const pace = join(output, '..', 'row-ms');
if (!existsSync(pace)) writeFileSync(pace, String(Math.max(15, (3000 * process.uptime()) / 20)));
const rowMs = Number(readFileSync(pace, 'utf8'));
const final = join(output, 'predictions.csv');
const kept = join(output, 'kept');
const lock = join(output, 'lock');
if (how === 'locks' && existsSync(lock)) throw new Error('the folder is locked by another run');
writeFileSync(lock, '');
const path = how === 'tears' ? final : `${final}.tmp`;
rmSync(path, { force: true });
let from = 0;
if (how === 'forgets-where' && existsSync(kept)) from = Number(readFileSync(kept, 'utf8'));
for (let row = from; row < 20; row++) {
  await wait(rowMs);
  appendFileSync(path, `2025-04-07,${2300 + row},${row / 7}\n`);
  writeFileSync(kept, String(row));
}
if (path !== final) renameSync(path, final);
rmSync(lock);
