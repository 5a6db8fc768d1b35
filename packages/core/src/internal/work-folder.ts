import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'preopen-work-';

/** Whether a process with this id is alive (of any owner). */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes work folders of runs that were killed before they could do it themselves. */
async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(root, name);
    const owner = Number(await readFile(join(folder, 'owner.pid'), 'utf8').catch(() => ''));
    if (Number.isInteger(owner) && owner > 0 && !isAlive(owner)) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

/**
 * A folder for what a run needs and does not keep: datasets, outputs of pipelines, logs while they grow.
 * It lies in the system's folder for temporary files and is removed by `remove`; what a killed run left behind is
 * removed by the next one.
 */
export async function createWorkFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const root = tmpdir();
  await sweep(root);
  const path = await mkdtemp(join(root, prefix));
  await writeFile(join(path, 'owner.pid'), String(process.pid));
  await mkdir(join(path, 'checks'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
