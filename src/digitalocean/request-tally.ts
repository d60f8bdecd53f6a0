import { SlidingWindow, windowMarginMs } from './sliding-window.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** How long a request counts in each window, its way to DigitalOcean included. */
export const windowsMs = { minute: minuteMs + windowMarginMs, hour: hourMs + windowMarginMs } as const;
/** How long requests wait after an answer of "nothing remaining" before one is sent again. */
export const exhaustedHoldMs = 60_000;

/** The most requests of one token. */
export interface RequestLimits {
  /** Requests a minute, at most. DigitalOcean's burst limit is 250. */
  perMinute: number;
  /** Requests an hour, at most. DigitalOcean's limit is 5,000. */
  perHour: number;
}

/**
 * The quota in an answer's headers. `ratelimit-reset` is not used: it names no useful moment, and was seen to
 * lie in the past.
 */
export interface QuotaHeaders {
  /** `ratelimit-limit`: requests an hour. */
  limit: number | null;
  /**
   * `ratelimit-remaining` of the hour. A 429 is not observed: its value is 0 even where only the minute is
   * used up.
   */
  remaining: number | null;
}

/** Counts the requests of one token. */
export interface RequestTally {
  /**
   * Counts a request as sent, and gives 0; or gives how many milliseconds to wait before asking again.
   * @param sharePercent how far the request's priority may fill a window
   */
  take(sharePercent: number): Promise<number>;
  /** Takes note of the quota in an answer other than a 429. */
  observe(quota: QuotaHeaders): void;
  /** Holds back all requests for so many milliseconds, unless they are held back for longer. */
  hold(milliseconds: number): void;
  /** Milliseconds that all requests are held back for from now on; 0 when none. */
  heldForMs(): Promise<number>;
}

/** How many requests of a window a share is: at least one, so that no priority starves. */
export function shareOf(limit: number, sharePercent: number): number {
  return Math.max(1, Math.floor((limit * sharePercent) / 100));
}

/** The tally of this process alone. */
export class LocalTally implements RequestTally {
  readonly #limits: RequestLimits;
  readonly #clock: { now(): number };
  readonly #minute = new SlidingWindow(minuteMs);
  readonly #hour = new SlidingWindow(hourMs);
  #hourLimit: number;
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** The hour's remaining requests by the server's last answer, less those sent since; null when unknown. */
  #remaining: number | null = null;

  constructor(limits: RequestLimits, clock: { now(): number }) {
    this.#limits = limits;
    this.#hourLimit = limits.perHour;
    this.#clock = clock;
  }

  async take(sharePercent: number): Promise<number> {
    const now = this.#clock.now();
    const wait = Math.max(
      this.#heldUntil - now,
      this.#minute.wait(shareOf(this.#limits.perMinute, sharePercent), now),
      this.#hour.wait(shareOf(this.#hourLimit, sharePercent), now),
    );
    if (wait > 0) return wait;
    this.count();
    return 0;
  }

  /** Counts a request as sent now, whatever the limits. */
  count(): void {
    const now = this.#clock.now();
    this.#minute.add(now);
    this.#hour.add(now);
    if (this.#remaining === null) return;
    this.#remaining -= 1;
    this.#holdWhenExhausted();
  }

  observe({ limit, remaining }: QuotaHeaders): void {
    if (limit !== null && limit >= 1) this.#hourLimit = Math.min(this.#limits.perHour, limit);
    if (remaining === null) return;
    this.#remaining = remaining;
    this.#holdWhenExhausted();
  }

  hold(milliseconds: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now() + milliseconds);
  }

  /** As {@link heldForMs}, at once. */
  heldNowMs(): number {
    return Math.max(0, this.#heldUntil - this.#clock.now());
  }

  async heldForMs(): Promise<number> {
    return this.heldNowMs();
  }

  /** How many milliseconds ago the requests of the last hour were sent, oldest first. */
  agesMs(): number[] {
    return this.#hour.ages(this.#clock.now());
  }

  /** Other programs use the same quota. One request after the hold finds out what is left by then. */
  #holdWhenExhausted(): void {
    if (this.#remaining === null || this.#remaining > 0) return;
    this.hold(exhaustedHoldMs);
    this.#remaining = null;
  }
}
