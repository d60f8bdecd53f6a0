import { LogBusy } from '../event-log.ts';

/** How much may be under way at once. */
export interface Limits {
  calls: number;
  /** Bytes that the calls carry; one call alone may carry more. */
  bytes?: number;
}

/**
 * The share of its remaining time that a call needs for its answer: a call with less is not begun any more.
 * At most {@link MAX_RESERVE_MS}.
 */
const RESERVE = 0.1;
const MAX_RESERVE_MS = 1_000;

interface Waiting {
  bytes: number;
  begin: () => void;
}

/**
 * Lets a bounded number of calls be under way at once; the others wait in their order. An overloaded server
 * answers nothing in time, while a bound that keeps it busy costs no throughput. A call that would wait for
 * longer than its caller is refused before it is begun.
 */
export class CallLimit {
  readonly #limits: Required<Limits>;
  // A set keeps its order, and a call that gives up waiting is removed from its middle.
  readonly #waiting = new Set<Waiting>();
  #calls = 0;
  #bytes = 0;

  constructor({ calls, bytes = Infinity }: Limits) {
    this.#limits = { calls, bytes };
  }

  /**
   * Does the work once there is room for it.
   * @param until on the clock of `performance.now()`: when its caller stops waiting for it
   * @throws {LogBusy} its turn did not come in time; it was not begun
   */
  async run<T>(what: string, until: number, work: () => Promise<T>, bytes = 0): Promise<T> {
    if (this.#waiting.size > 0 || !this.#fits(bytes)) await this.#turn(what, until, bytes);
    else this.#enter(bytes);
    try {
      return await work();
    } finally {
      this.#leave(bytes);
    }
  }

  #turn(what: string, until: number, bytes: number): Promise<void> {
    const left = Math.max(0, until - performance.now());
    const longest = left - Math.min(MAX_RESERVE_MS, left * RESERVE);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(
          new LogBusy(`${what}: its turn did not come within ${Math.round(longest)} ms; it was not sent`),
        );
        // The next one may be smaller.
        this.#next();
      }, longest);
      const waiting: Waiting = {
        bytes,
        begin: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          this.#enter(bytes);
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
  }

  #fits(bytes: number): boolean {
    return (
      this.#calls === 0 || (this.#calls < this.#limits.calls && this.#bytes + bytes <= this.#limits.bytes)
    );
  }

  #enter(bytes: number): void {
    this.#calls += 1;
    this.#bytes += bytes;
  }

  #leave(bytes: number): void {
    this.#calls -= 1;
    this.#bytes -= bytes;
    this.#next();
  }

  #next(): void {
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.bytes)) return;
      waiting.begin();
    }
  }
}
