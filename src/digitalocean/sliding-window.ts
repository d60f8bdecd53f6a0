/**
 * DigitalOcean counts a request from its arrival, so that each stays in the window a little
 * longer than from when it was sent.
 */
export const windowMarginMs = 500;

/** Send times of one sliding window, oldest first. */
export class SlidingWindow {
  readonly #lengthMs: number;
  #times: number[] = [];
  #head = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs + windowMarginMs;
  }

  add(now: number): void {
    this.#times.push(now);
  }

  /** Milliseconds until fewer than `limit` requests lie in the window. */
  wait(limit: number, now: number): number {
    this.#forget(now);
    const used = this.#times.length - this.#head;
    if (used < limit) return 0;
    const leaving = this.#times[this.#head + used - limit] ?? now;
    return Math.max(1, leaving + this.#lengthMs - now);
  }

  /** How many milliseconds ago the requests in the window were sent, oldest first. At least 0. */
  ages(now: number): number[] {
    this.#forget(now);
    // A clock that was set back has them in the future.
    return this.#times.slice(this.#head).map((time) => Math.max(0, now - time));
  }

  #forget(now: number): void {
    while (this.#head < this.#times.length && (this.#times[this.#head] ?? 0) + this.#lengthMs <= now)
      this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
  }
}
