// Small messages are sent at once. The library leaves Nagle's algorithm on for its own sockets, which stalls
// every small COPY batch until the server's delayed acknowledgement.
//
// Upstream: postgres 3.4.9, no issue is known
// Needed: test/database/postgres-repairs/no-delay.test.ts
// May go when: that test fails at "the library alone waits before it sends a small batch".
import { connect, type Socket } from 'node:net';

/** What a socket needs of the library's parsed options. */
export type Address = { path?: string | false; host: string[]; port: number[] };

/**
 * Opens sockets for one pool: a Unix socket, or TCP without Nagle's algorithm, several hosts in turn. A
 * socket is handed over while it connects: writes wait in it, and a refused connection takes the library's
 * own path through 'error' and 'close'. (An exception from here instead would leave the pool's slot waiting
 * for ever.)
 */
export function noDelaySockets(): (parsed: Address) => Socket {
  let attempts = 0;
  return ({ path, host: hosts, port: ports }) => {
    if (path) return connect(path);
    const index = attempts % hosts.length;
    attempts += 1;
    const address = { host: hosts[index] ?? 'localhost', port: ports[index] ?? 5432 };
    // TLS takes the server's name from the socket.
    return Object.assign(connect({ ...address, noDelay: true }), address);
  };
}
