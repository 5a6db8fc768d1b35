// The least that a TCP relay on Node costs: each side piped to the other, nothing looked at. Prints its port; ends with its
// standard input. `node relay-floor.mjs UPSTREAM_PORT`
import { connect, createServer } from 'node:net';

const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const upstream = connect({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  client.pipe(upstream).pipe(client);
  for (const socket of [client, upstream]) socket.on('error', () => client.destroy() && upstream.destroy());
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
