import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net';
import type { ServerTarget, Sql } from '../../../src/database/db.ts';

/** A TCP port that leads to a database, can be closed and opened, and can cut connections. */
export interface Relay {
  /** The same database, by way of the relay. */
  target: ServerTarget;
  /** Cuts every connection with a reset. */
  reset(): void;
  /** Cuts a connection, once, after the first chunk of an answer for which `isIt` is true. */
  cutBehind(isIt: (answer: Buffer) => boolean): void;
  /** Cuts the next `count` new sessions at their first query. */
  cutNewSessions(count: number): void;
  /** Cuts every connection and takes no more. */
  close(): Promise<void>;
  /** Takes connections again, at the same port. */
  reopen(): Promise<void>;
}

/** The last message of a server's greeting: ready for a query. */
const isReady = (answer: Buffer): boolean => answer.toString('latin1').endsWith('Z\0\0\0\x05I');

/** Opens a relay to the database of a pool. */
export async function openRelay({
  options: { path, host, port: ports, user, pass, database },
}: Sql): Promise<Relay> {
  const clients = new Set<Socket>();
  let isIt: (answer: Buffer) => boolean = () => false;
  let toBeCut = 0;
  const server = createServer((client) => {
    const upstream = path ? dial(path) : dial(ports[0] ?? 5432, host[0]);
    clients.add(client);
    for (const socket of [client, upstream]) {
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clients.delete(client);
          client.destroy();
          upstream.destroy();
        });
    }
    client.pipe(upstream).pipe(client);
    upstream.on('data', (answer) => {
      if (isIt(answer)) {
        isIt = () => false;
        upstream.unpipe(client);
        client.end();
      } else if (toBeCut > 0 && isReady(answer)) {
        toBeCut -= 1;
        client.once('data', () => upstream.destroy());
      }
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    target: {
      host: '127.0.0.1',
      port,
      user,
      database,
      ...(typeof pass === 'string' ? { password: pass } : {}),
    },
    reset() {
      for (const client of clients) client.resetAndDestroy();
    },
    cutBehind(piece) {
      isIt = piece;
    },
    cutNewSessions(count) {
      toBeCut = count;
    },
    async close() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      for (const client of clients) client.destroy();
      await closed;
    },
    reopen: () => listen(port),
  };
}
