import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { targetDigest } from '../src/internal/target-digest.ts';
import type { TargetConfig } from '../src/target.ts';

const dir = mkdtempSync(join(tmpdir(), 'binding-'));
writeFileSync(join(dir, 'serve.py'), 'print(1)\n');
afterAll(() => rmSync(dir, { recursive: true }));

const file = { kind: 'command', command: ['python3', 'serve.py'] } as const;
const elsewhere = { kind: 'command', command: ['some-service', '--port', '1'] } as const;
const address = { kind: 'url', url: 'http://127.0.0.1:1', model: 'm' } as const;

describe('how closely a digest binds', () => {
  it.each<[string, string, TargetConfig]>([
    ['bytes', 'a command that names a file', { name: 'mine', pipeline: file }],
    ['process', 'a command without a file at hand', { name: 'mine', pipeline: elsewhere }],
    ['declared', 'an address', { name: 'mine', service: address }],
    ['declared', 'an address beside a file: the weaker of the two', { name: 'mine', service: address, pipeline: file }],
  ])('is %s for %s', async (binding, _, target) => {
    expect((await targetDigest(target, dir)).binding).toBe(binding);
  });

  it('moves with the contents of the file', async () => {
    const before = await targetDigest({ name: 'mine', pipeline: file }, dir);
    writeFileSync(join(dir, 'serve.py'), 'print(2)\n');
    expect((await targetDigest({ name: 'mine', pipeline: file }, dir)).digest).not.toBe(before.digest);
  });
});
