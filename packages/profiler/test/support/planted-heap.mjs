// Writes two heap snapshots with a planted difference: `node planted-heap.mjs FOLDER COUNT`. COUNT objects of PlantedRow
// more in the second, held by `planted`.
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';

class PlantedRow {
  constructor(at) {
    this.at = at;
    this.values = [at, at + 0.5];
  }
}

const [folder, count] = process.argv.slice(2);
globalThis.planted = [];
const before = writeHeapSnapshot(join(folder, 'before.heapsnapshot'));
for (let i = 0; i < Number(count); i++) globalThis.planted.push(new PlantedRow(i));
const after = writeHeapSnapshot(join(folder, 'after.heapsnapshot'));
process.stdout.write(JSON.stringify([before, after]));
