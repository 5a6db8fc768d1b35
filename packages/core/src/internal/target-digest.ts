import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Results } from '../results.ts';
import type { TargetConfig } from '../target.ts';

/** Files above this size (a model, an interpreter) are told by size and time alone. */
const hashedUpToBytes = 64 * 1024 * 1024;

/** Object keys in one order, so that equal configs have equal digests. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? String(value) : value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, canonical(entry)]),
  );
}

/**
 * Digest of what a target is: its description and the contents of the files that its commands and modules name.
 * What a URL serves is beyond it.
 * @returns with the digest how closely it binds: see `Results.target.binding`
 */
export async function targetDigest(
  target: TargetConfig,
  configDir: string,
): Promise<{ digest: string; binding: NonNullable<Results['target']['binding']> }> {
  const hash = createHash('sha256').update(JSON.stringify(canonical(target)));
  let declared = false;
  let everyPartHashed = true;
  for (const part of [target.service, target.pipeline]) {
    if (!part) continue;
    if (part.kind === 'url') {
      declared = true;
      continue;
    }
    let hashedFiles = 0;
    const base = part.kind === 'command' && part.cwd ? resolve(configDir, part.cwd) : configDir;
    for (const word of part.kind === 'command' ? part.command : [part.module]) {
      const path = resolve(base, word);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) continue;
      hash.update(`\n${word}\n`);
      if (found.size <= hashedUpToBytes) {
        hash.update(await readFile(path));
        hashedFiles++;
      } else hash.update(`${found.size} ${found.mtimeMs}`);
    }
    if (hashedFiles === 0) everyPartHashed = false;
  }
  return {
    digest: `sha256:${hash.digest('hex')}`,
    binding: declared ? 'declared' : everyPartHashed ? 'bytes' : 'process',
  };
}

/** How a target is started or reached, for people. */
export function describeTarget(target: TargetConfig): string {
  const parts: string[] = [];
  for (const [name, part] of [
    ['service', target.service],
    ['pipeline', target.pipeline],
  ] as const) {
    if (!part) continue;
    const how =
      part.kind === 'url' ? part.url : part.kind === 'command' ? part.command.join(' ') : `module ${part.module}`;
    parts.push(`${name}: ${how}`);
  }
  return parts.join('; ');
}
