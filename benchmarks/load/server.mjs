// A small HTTP server: answers two bytes. With arguments `STALL_MS PERIOD_MS` it stands still for STALL_MS in each period,
// half a period after its start first. Ends with its standard input, and then tells how many requests it answered.
import { createServer } from 'node:http';

const [stallMs = 0, periodMs = 0] = process.argv.slice(2).map(Number);
let answered = 0;
const server = createServer((request, response) => {
  request.resume();
  answered++;
  response.writeHead(200, { 'content-length': 2 });
  response.end('ok');
});
server.keepAliveTimeout = 60_000;
if (stallMs > 0) {
  const startMs = performance.now();
  let period = 0;
  const next = () => startMs + (period++ + 0.5) * periodMs - performance.now();
  setTimeout(function stall() {
    const endMs = performance.now() + stallMs;
    while (performance.now() < endMs);
    setTimeout(stall, next());
  }, next());
}
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume();
process.stdin.on('end', () => {
  process.stdout.write(`${answered}\n`);
  process.exit(0);
});
