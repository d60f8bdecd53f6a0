import { Socket } from 'node:net';

/** How long a socket that has closed still answers writes. */
const GRACE_MS = 250;

/**
 * A socket whose end is told in two steps: first as an error, which rejects what is in flight, and a moment
 * later as its close.
 *
 * The Postgres library forgets a connection's socket at its close, and a write to a forgotten socket throws
 * in a timer, where nothing can catch it: the process would die. Just such a write follows when a backend
 * ends in the middle of a transaction, whose ROLLBACK still goes to the dead connection. Within the grace
 * each such write fails like any query on a lost connection.
 */
export class PatientSocket extends Socket {
  #ended = false;
  /**
   * We said goodbye ourselves: nobody writes any more, and whoever waits for the close need not be patient.
   */
  #leaving = false;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'data') return super.emit('data', withoutFarewell(args[0] as Buffer));
    if (event !== 'close' || this.#ended || this.#leaving) return super.emit(event, ...args);
    this.#ended = true;
    this.#fail();
    setTimeout(() => {
      // What was asked since the last look is neither sent nor failed yet. Of a close by an error, such as a
      // reset, the library takes it that all has been failed before, and such a query would never be
      // answered.
      this.#fail();
      super.emit('close', ...args);
    }, GRACE_MS);
    return true;
  }

  override write(data: Uint8Array | string, ...rest: unknown[]): boolean {
    if (!this.#ended) return super.write(data, ...(rest as []));
    setImmediate(() => {
      this.#fail();
    });
    return false;
  }

  override end(...args: unknown[]): this {
    // Without a last message it is the stream's own answer to the other side's end.
    if (args.length > 0) this.#leaving = true;
    return super.end(...(args as []));
  }

  #fail(): void {
    if (this.listenerCount('error') > 0) super.emit('error', connectionLost());
  }
}

/** The error of what was under way on a connection that closed. */
export function connectionLost(cause?: unknown): Error {
  return Object.assign(new Error('the connection to the database was lost', { cause }), {
    code: 'CONNECTION_CLOSED',
  });
}

/** How a farewell's fields name severity and code. */
const farewells = ['\0VFATAL\0C57P', '\0VFATAL\0C25P03'];
/** The message's type and length and the severity in the server's language come before them. */
const MAX_BEFORE_FIELDS = 64;
/** Type of an ErrorResponse message of the protocol. */
const ERROR_RESPONSE = 0x45;

/**
 * Where the server's farewell begins: an error that ends the session (class 57P: shutdown, crash, starting
 * up; 25P03: idle in a transaction for too long), as the last message of `data`; −1 without one. It is of any
 * length: in a function it quotes the statement that was under way.
 */
export function farewellAt(data: Buffer): number {
  // Its last field and its list of fields end with a zero each, which rows of text and whatever ends an
  // answer do not.
  if (data[data.length - 1] !== 0 || data[data.length - 2] !== 0) return -1;
  const fatal = Math.max(...farewells.map((text) => data.lastIndexOf(text, undefined, 'latin1')));
  for (let at = fatal; at >= Math.max(0, fatal - MAX_BEFORE_FIELDS); at -= 1) {
    if (data[at] === ERROR_RESPONSE && data.readInt32BE(at + 1) === data.length - at - 1) return at;
  }
  return -1;
}

/**
 * What the server said before its farewell. The library would keep that error beyond the session's end and,
 * connected again, fail the first query of the new session with it, however long the database has been back.
 * The close that follows tells whoever waits.
 */
function withoutFarewell(data: Buffer): Buffer {
  const at = farewellAt(data);
  return at < 0 ? data : data.subarray(0, at);
}
