// A service with a fixed piece of work per request: target.mjs scoring|steady|moving. `scoring` allocates like the scoring of a
// cross-section; `steady` does arithmetic on memory that it has, so that its time per request hardly varies; `moving` does the same
// while its size goes up and down between any two looks: 32 MB in steps of 1 MB, each of 5 ms.
import { createServer } from 'node:http';
import { score } from './scoring.mjs';

const column = new Float64Array(150_000).fill(1.5);
function smooth() {
  let last = 0;
  for (let k = 0; k < column.length; k++) last = 0.9 * last + 0.1 * column[k];
  return last;
}

const kind = process.argv[2];
if (kind === 'moving') {
  const step = 2 ** 20;
  // Made smaller it gives its pages back at once, without waiting for the collector.
  const tide = new ArrayBuffer(0, { maxByteLength: 32 * step });
  setInterval(() => {
    const from = tide.byteLength === tide.maxByteLength ? 0 : tide.byteLength;
    tide.resize(from);
    tide.resize(from + step);
    new Uint8Array(tide, from, step).fill(1);
  }, 5);
}
const work = kind === 'scoring' ? () => score(1500) : smooth;
const server = createServer((_, response) => response.end(String(work())));
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
