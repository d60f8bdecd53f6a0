import { Socket } from 'node:net';

/** How long a socket that has closed still answers writes. */
const GRACE_MS = 250;

/**
 * A socket whose end is told in two steps: first as an error, which rejects what is in flight, and a moment later as its
 * close.
 *
 * The Postgres library forgets a connection's socket at its close, and a write to a forgotten socket throws in a timer,
 * where nothing can catch it: the process would die. Just such a write follows when a backend ends in the middle of a
 * transaction, whose ROLLBACK still goes to the dead connection. Within the grace each such write fails like any query
 * on a lost connection.
 */
export class PatientSocket extends Socket {
  #ended = false;
  /** We said goodbye ourselves: nobody writes any more, and whoever waits for the close need not be patient. */
  #leaving = false;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'close' || this.#ended || this.#leaving) return super.emit(event, ...args);
    this.#ended = true;
    this.#fail();
    setTimeout(() => super.emit('close', ...args), GRACE_MS);
    return true;
  }

  override write(data: Uint8Array | string, ...rest: unknown[]): boolean {
    if (!this.#ended) return super.write(data, ...(rest as []));
    setImmediate(() => { this.#fail(); });
    return false;
  }

  override end(...args: unknown[]): this {
    // Without a last message it is the stream's own answer to the other side's end.
    if (args.length > 0) this.#leaving = true;
    return super.end(...(args as []));
  }

  #fail(): void {
    if (this.listenerCount('error') > 0) super.emit('error', Object.assign(new Error('the connection to the database was lost'), { code: 'CONNECTION_CLOSED' }));
  }
}
