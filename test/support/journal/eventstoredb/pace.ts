// Limits the speed of the server's single writer, as on a busy machine: further work waits in order.

const TICK_MS = 5;

export class Pace {
  #perSecond = Infinity;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #allowed = 0;
  #since = 0;

  /** Sets how much work a second is done from now on; `Infinity`: no limit. */
  limit(perSecond: number): void {
    this.#perSecond = perSecond;
    if (perSecond === Infinity) this.#run();
  }

  /** Does the work in its turn. */
  take(work: () => void): void {
    if (this.#perSecond === Infinity) {
      work();
      return;
    }
    this.#waiting.push(work);
    if (this.#timer !== null) return;
    this.#since = performance.now();
    this.#allowed = 0;
    this.#timer = setInterval(() => {
      this.#run();
    }, TICK_MS);
    this.#timer.unref();
  }

  #run(): void {
    const now = performance.now();
    this.#allowed += (this.#perSecond * (now - this.#since)) / 1_000;
    this.#since = now;
    const many = Math.min(
      this.#waiting.length,
      this.#allowed === Infinity ? Infinity : Math.floor(this.#allowed),
    );
    const turn = this.#waiting.slice(0, many);
    this.#waiting = this.#waiting.slice(many);
    this.#allowed -= many;
    for (const work of turn) work();
    if (this.#waiting.length > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
