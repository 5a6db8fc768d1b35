import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareKinds, countKinds } from '../src/snapshot/compare.ts';
import { readHeapSnapshot } from '../src/snapshot/read-snapshot.ts';
import { highestId, retainerPath } from '../src/snapshot/retainers.ts';

const planted = 1009;

describe('heap snapshots of a process with a planted difference', () => {
  let folder: string;
  let paths: [string, string];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'preopen-snapshot-test-'));
    const script = fileURLToPath(new URL('support/planted-heap.mjs', import.meta.url));
    paths = JSON.parse(execFileSync(process.execPath, [script, folder, String(planted)], { encoding: 'utf8' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('a stream gives what JSON.parse gives of the same file', async () => {
    const graph = await readHeapSnapshot(paths[0]);
    const json = JSON.parse(readFileSync(paths[0], 'utf8'));
    const fields = json.snapshot.meta.node_fields as string[];
    const sizeAt = fields.indexOf('self_size');
    const nameAt = fields.indexOf('name');
    expect(graph.nodes).toBe(json.nodes.length / fields.length);
    expect(graph.edgeTo.length).toBe(json.edges.length / 3);
    let sum = 0;
    for (let i = 0; i < json.nodes.length; i += fields.length) sum += json.nodes[i + sizeAt];
    expect(graph.selfBytes.reduce((total, bytes) => total + bytes, 0)).toBe(sum);
    for (let node = 0; node < graph.nodes; node += 97) {
      const name = graph.strings[graph.nodeName[node]!];
      if (name !== undefined) expect(name).toBe(json.strings[json.nodes[node * fields.length + nameAt]]);
    }
  });

  it('the comparison names the class and how many more there are', async () => {
    const [before, after] = [await readHeapSnapshot(paths[0]), await readHeapSnapshot(paths[1])];
    const change = compareKinds(countKinds(before), countKinds(after)).find(({ name }) => name === 'PlantedRow');
    expect(change).toMatchObject({ type: 'object', countChange: planted });
    const path = retainerPath(after, { type: 'object', name: 'PlantedRow' }, highestId(before));
    expect(path.join(' ')).toMatch(/\.planted \(Array\) \[\d+\] \(PlantedRow\)$/);
  });

  it('a file that was cut off is refused', async () => {
    const cut = join(folder, 'cut.heapsnapshot');
    writeFileSync(cut, readFileSync(paths[0]).subarray(0, 200_000));
    await expect(readHeapSnapshot(cut)).rejects.toThrow(InputError);
    writeFileSync(cut, 'no snapshot at all');
    await expect(readHeapSnapshot(cut)).rejects.toThrow(InputError);
  });
});
