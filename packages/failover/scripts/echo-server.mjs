// A server for the figures of proxies: answers each request with as many bytes as its path asks for, once its body has come.
// Ends with its standard input.
import { createServer } from 'node:http';

const bodies = new Map();
const bodyOf = (bytes) => {
  if (!bodies.has(bytes)) bodies.set(bytes, Buffer.alloc(bytes, 'x'));
  return bodies.get(bytes);
};
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(bodyOf(Number(request.url.slice(1)) || 2)));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
