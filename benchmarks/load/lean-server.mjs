// The cheapest HTTP server that Node can be: sockets and one answer written in advance, so that the generator is what gives out
// first and not the server. It takes each piece that ends with an empty line for one request, which holds for requests without a
// body that come one at a time. Ends with its standard input, and then tells how many requests it answered.
import { createServer } from 'node:net';

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nkeep-alive: timeout=60\r\ncontent-length: 2\r\n\r\nok',
);
let answered = 0;
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    if (bytes[bytes.length - 1] !== 10 || bytes[bytes.length - 3] !== 10) return;
    answered++;
    socket.write(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume();
process.stdin.on('end', () => {
  process.stdout.write(`${answered}\n`);
  process.exit(0);
});
