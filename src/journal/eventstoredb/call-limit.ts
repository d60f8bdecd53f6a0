import { LogBusy } from '../event-log.ts';

export interface CallLimits {
  calls: number;
  /** Bytes of all calls; a single call may have more. */
  bytes?: number;
}

/**
 * The share of the remaining time, at most {@link MAX_RESERVE_MS}, that is kept for the answer: a call with
 * less is not begun.
 */
const RESERVE = 0.1;
const MAX_RESERVE_MS = 1_000;

interface Waiting {
  bytes: number;
  begin: () => void;
}

/**
 * Lets a bounded number of calls be under way at once, the others in order: enough to keep a server busy and
 * not so many that it answers none in time. A call that would wait too long is refused before it begins.
 */
export class CallLimit {
  readonly #limits: Required<CallLimits>;
  // Ordered; a call that gives up is removed from the middle.
  readonly #waiting = new Set<Waiting>();
  #calls = 0;
  #bytes = 0;

  constructor({ calls, bytes = Infinity }: CallLimits) {
    this.#limits = { calls, bytes };
  }

  /**
   * Does the work once there is room.
   * @param until on the clock of `performance.now()`: when its caller stops waiting
   * @throws {LogBusy} it was not begun
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
