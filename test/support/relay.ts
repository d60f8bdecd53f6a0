import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net';
import type { ConnectTarget } from '../../src/database/connection.ts';

/** Stands between a client and a database, over TCP, and can cut connections. */
export interface Relay {
  /** The same database, by way of the relay. */
  target: ConnectTarget;
  /** Cuts every connection with a reset. */
  reset(): void;
  /** Cuts a connection behind the first piece of the server's answers for which this is true, once. */
  cutBehind(isIt: (data: Buffer) => boolean): void;
  close(): void;
}

/** Opens a relay to a database that a target other than a URL names. */
export async function openRelay(target: ConnectTarget): Promise<Relay> {
  if (typeof target === 'string') throw new Error('a relay needs a target by host or path');
  const { path, ...server } = target;
  const clients = new Set<Socket>();
  let isIt: (data: Buffer) => boolean = () => false;
  const relay = createServer((client) => {
    const upstream = path === undefined ? dial(server.port, server.host) : dial(path);
    clients.add(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.pipe(upstream);
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.on('data', (data) => {
      if (!isIt(data)) {
        client.write(data);
        return;
      }
      isIt = () => false;
      client.end(data);
    });
  });
  await new Promise<void>((resolve) => { relay.listen(0, '127.0.0.1', resolve); });
  return {
    target: { ...server, host: '127.0.0.1', port: (relay.address() as AddressInfo).port },
    reset() { for (const client of clients) client.resetAndDestroy(); },
    cutBehind(piece) { isIt = piece; },
    close() { relay.close(); },
  };
}
