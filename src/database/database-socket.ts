// The sockets under the database connections. They mend two habits of postgres.js that show only under
// trouble or load.
import { PatientSocket } from './patient-socket.ts';

/**
 * The library sends at once what is 1,024 bytes long, and all else from a timer. A connection that closes
 * while that timer is pending keeps it for ever: no shorter message is ever sent again, and each attempt to
 * reconnect ends in a time-out. (It takes a query that is given to the second of two connections while the
 * first reports the server's death, which is what any retry does.) With a first message of this length a
 * reconnect doesn't need the timer, and sending resets it.
 */
export const startupPadding = ' '.repeat(1100);

/** What `connect` needs of the library's parsed options. */
type Address = { path?: string | false; host: string[]; port: number[] };

/**
 * Opens sockets for one pool. Without Nagle's algorithm on TCP, which stalls every small COPY batch until the
 * server's delayed acknowledgement. The socket is handed over while it connects: writes wait in it, and a
 * refused connection takes the library's own path through 'error' and 'close'. (An exception from here
 * instead would leave the pool's slot waiting for ever.) Several hosts are tried in turn.
 */
export function socketFactory(): (parsed: Address) => PatientSocket {
  let attempts = 0;
  return ({ path, host: hosts, port: ports }) => {
    if (path) return withoutLeftovers(new PatientSocket().connect(path));
    const index = attempts % hosts.length;
    attempts += 1;
    const address = { host: hosts[index] ?? 'localhost', port: ports[index] ?? 5432 };
    // TLS takes the server's name from the socket.
    return withoutLeftovers(
      Object.assign(new PatientSocket().connect({ ...address, noDelay: true }), address),
    );
  };
}

/**
 * Cuts from the first write what the connection's former life had not sent; its query has been reported as
 * failed.
 */
function withoutLeftovers(socket: PatientSocket): PatientSocket {
  const first = (data: Uint8Array, done?: (error?: Error | null) => void): boolean => {
    Reflect.deleteProperty(socket, 'write');
    return socket.write(startupOf(Buffer.from(data)), done);
  };
  return Object.assign(socket, { write: first });
}

/** Version 3.0 of the protocol, as every startup message says in its second word; the first is its length. */
const protocolVersion = 0x0003_0000;

/** The startup message at the end of `data`; all of it when there is none (a request for TLS goes before). */
export function startupOf(data: Buffer): Buffer {
  for (
    let at = data.indexOf('\0\x03\0\0', 4, 'latin1');
    at >= 4;
    at = data.indexOf('\0\x03\0\0', at + 1, 'latin1')
  ) {
    if (data.readInt32BE(at) === protocolVersion && data.readInt32BE(at - 4) === data.length - at + 4)
      return data.subarray(at - 4);
  }
  return data;
}
