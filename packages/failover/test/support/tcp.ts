import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP server on the loopback address that does what it is told with each connection. */
export async function aServer(
  onConnection: (socket: Socket) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a client saw of a connection. */
export interface Seen {
  readonly bytes: Buffer;
  /** `end`: an orderly end; else the code of the error, or `open` if nothing came in time. */
  readonly how: string;
  readonly elapsedMs: number;
}

/** Connects, sends, half-closes if asked to, and reads until the connection is over or the time is. */
export function talk(
  port: number,
  {
    send = '',
    halfClose = false,
    patienceMs = 3000,
  }: { send?: string | Buffer; halfClose?: boolean; patienceMs?: number } = {},
): Promise<Seen> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const over = (how: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(parts), how, elapsedMs: performance.now() - startMs });
    };
    const timer = setTimeout(() => over('open'), patienceMs);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.once('end', () => over('end'));
    socket.once('error', (cause: NodeJS.ErrnoException) => over(cause.code ?? 'error'));
    if (halfClose) socket.end(send);
    else socket.write(send);
  });
}
