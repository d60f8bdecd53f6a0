// A socket reports its end in two steps: as an error, which rejects what is in flight, and a moment later as
// its close. The library forgets a connection's socket at its close, and a write to a forgotten socket throws
// in a timer, where nothing can catch it: the process ends. Such a write follows when a backend ends in the
// middle of a transaction, whose ROLLBACK still goes to that connection. Between the two steps such a write
// fails like any query on a lost connection. The error also rejects a query that waits for a connection which
// closes before it is open; the library would connect again without end.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1208,
//   https://github.com/porsager/postgres/issues/1154, https://github.com/porsager/postgres/issues/1193
// Needed: test/database/postgres-repairs/two-step-close.test.ts
// May go when: that test fails at "the library alone ends the process".
import type { Socket } from 'node:net';

/** `emit` of a socket, as the repairs call it. */
export type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

/** How long a socket that has ended still takes writes. */
const GRACE_MS = 250;

/** Changes how a socket ends, see above. */
export function closeInTwoSteps(socket: Socket): Socket {
  const emit = socket.emit.bind(socket) as Emit;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
  let ended = false;
  /** We end the session ourselves: there are no further writes, and the close has not to wait. */
  let leaving = false;
  const fail = (): void => {
    if (socket.listenerCount('error') > 0) emit('error', connectionLost());
  };
  return Object.assign(socket, {
    emit(event: string | symbol, ...args: unknown[]): boolean {
      if (event !== 'close' || ended || leaving) return emit(event, ...args);
      ended = true;
      fail();
      setTimeout(() => {
        // Rejects what was asked in the meantime. At a close by an error, such as a reset, the library takes
        // it that all has been rejected before, and such a query would never be answered.
        fail();
        emit(event, ...args);
      }, GRACE_MS);
      return true;
    },
    write(...args: unknown[]): boolean {
      if (!ended) return write(...args);
      setImmediate(fail);
      return false;
    },
    end(...args: unknown[]): Socket {
      // Without a last message it is the stream's own answer to the other side's end.
      if (args.length > 0) leaving = true;
      return end(...args);
    },
  });
}

/** The error of what was under way on a connection that closed. */
export function connectionLost(cause?: unknown): Error {
  return Object.assign(new Error('the connection to the database was lost', { cause }), {
    code: 'CONNECTION_CLOSED',
  });
}
