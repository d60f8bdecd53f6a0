// A connection that is lost can be opened again. The library sends at once what is 1,024 bytes long, and all
// else from a timer. A connection that closes while that timer is pending keeps it for ever: no shorter
// message is ever sent again, and each attempt to reconnect ends in a time-out. (It takes a query that is
// given to the second of two connections while the first reports the server's death, which is what any retry
// does.) With a first message of that length a reconnect does not need the timer, and sending resets it. What
// the former session had not sent would go before it and is cut.
//
// With TLS in DATABASE_URL the gap is open: the library's request for TLS is 8 bytes long, so it goes by the
// timer, and the TLS socket that the library puts on top has neither this repair nor two-step-close.ts.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/pull/1215 (in its comments); no issue of its
//   own is known there, but at https://github.com/LanternOps/breeze/issues/3225
// Needed: test/database/postgres-repairs/stuck-timer.test.ts
// May go when: that test fails at "the library alone never connects again".
import type { Socket } from 'node:net';

/** A value of the startup parameter `options` that makes the first message long enough. */
export const startupPadding = ' '.repeat(1100);

/** Cuts from a socket's first write what the connection's former session had not sent. */
export function sendStartupAlone(socket: Socket): Socket {
  const write = socket.write.bind(socket) as Socket['write'] & ((...args: unknown[]) => boolean);
  return Object.assign(socket, {
    write(data: Uint8Array, ...rest: unknown[]): boolean {
      socket.write = write;
      return write(startupOf(Buffer.from(data)), ...rest);
    },
  });
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
