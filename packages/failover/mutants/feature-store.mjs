// What the services ask for each request: `node feature-store.mjs [ANSWER_MS]` serves `{ "scale": 2 }` on a free port of the
// loopback address, says which, and ends with its standard input.
import { createServer } from 'node:http';

const answerMs = Number(process.argv[2] ?? 4);
const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => response.end('{"scale":2}'), answerMs);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
