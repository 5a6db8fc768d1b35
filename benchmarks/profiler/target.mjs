// A service with a fixed piece of work per request: target.mjs scoring|steady. `scoring` allocates like the scoring of a
// cross-section; `steady` does arithmetic on memory that it has, so that its time per request hardly varies.
import { createServer } from 'node:http';
import { score } from './scoring.mjs';

const column = new Float64Array(150_000).fill(1.5);
function smooth() {
  let last = 0;
  for (let k = 0; k < column.length; k++) last = 0.9 * last + 0.1 * column[k];
  return last;
}

const work = process.argv[2] === 'steady' ? smooth : () => score(1500);
const server = createServer((_, response) => response.end(String(work())));
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
