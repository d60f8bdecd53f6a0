import { SlidingWindow } from './sliding-window.ts';

/** The order in which waiting requests are sent, most urgent first (spec section 3). */
const requestPriorities = ['billing', 'droplets', 'projects', 'rest', 'backups'] as const;

export type RequestPriority = (typeof requestPriorities)[number];

/**
 * How far each priority may fill a window, in percent. Without it a sweep of 10,000 droplets' backups would
 * use up the whole hour at once, and the sweep of droplets a minute later would have to wait.
 */
const sharePercent: Readonly<Record<RequestPriority, number>> = {
  billing: 100,
  droplets: 97,
  projects: 90,
  rest: 85,
  backups: 80,
};

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** How long requests wait after an answer of "nothing remaining" before one is sent again. */
const exhaustedHoldMs = 60_000;

export interface RequestBudgetOptions {
  /** Requests a minute, at most. DigitalOcean's burst limit is 250. */
  perMinute: number;
  /** Requests an hour, at most. DigitalOcean's limit is 5,000. */
  perHour: number;
  clock: { now(): number };
  sleep: (milliseconds: number) => Promise<void>;
}

/**
 * The quota in an answer's headers. `ratelimit-reset` is not used: it names no useful moment, and was seen to
 * lie in the past.
 */
interface QuotaHeaders {
  /** `ratelimit-limit`: requests an hour. */
  limit: number | null;
  /**
   * `ratelimit-remaining` of the hour. A 429 is not observed: its value is 0 even where only the minute is
   * used up.
   */
  remaining: number | null;
}

export interface RequestBudget {
  /** Resolves when a request of this priority may be sent, and counts it as sent. */
  acquire(priority: RequestPriority): Promise<void>;
  /** Takes note of the quota in an answer other than a 429. */
  observe(quota: QuotaHeaders): void;
  /** Holds back all requests until then (milliseconds of the clock), as the server asked. */
  holdUntil(time: number): void;
  /** Milliseconds that all requests are held back for from now on; 0 when none. */
  heldForMs(): number;
}

interface Waiter {
  grant: () => void;
  refuse: (reason: unknown) => void;
}

/**
 * A sliding-window limiter that all callers with one token share. Requests wait in order of priority, then of
 * arrival. A less urgent priority stops at its share of a window, so that urgent requests always have room.
 */
export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  return new SlidingBudget(options);
}

class SlidingBudget implements RequestBudget {
  readonly #clock: { now(): number };
  readonly #sleep: (milliseconds: number) => Promise<void>;
  readonly #perMinute: number;
  readonly #perHour: number;
  readonly #minute = new SlidingWindow(minuteMs);
  readonly #hour = new SlidingWindow(hourMs);
  readonly #queues = new Map<RequestPriority, Waiter[]>(requestPriorities.map((priority) => [priority, []]));
  #hourLimit: number;
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** The hour's remaining requests by the server's last answer, less those sent since; null when unknown. */
  #remaining: number | null = null;
  #pumping = false;
  #wake: () => void = () => undefined;

  constructor({ perMinute, perHour, clock, sleep }: RequestBudgetOptions) {
    this.#perMinute = perMinute;
    this.#perHour = perHour;
    this.#hourLimit = perHour;
    this.#clock = clock;
    this.#sleep = sleep;
  }

  acquire(priority: RequestPriority): Promise<void> {
    const granted = new Promise<void>((grant, refuse) => {
      this.#queues.get(priority)?.push({ grant, refuse });
    });
    this.#wake();
    if (!this.#pumping) void this.#pump();
    return granted;
  }

  observe({ limit, remaining }: QuotaHeaders): void {
    if (limit !== null && limit >= 1) this.#hourLimit = Math.min(this.#perHour, limit);
    if (remaining === null) return;
    this.#remaining = remaining;
    this.#holdWhenExhausted();
  }

  holdUntil(time: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, time);
  }

  heldForMs(): number {
    return Math.max(0, this.#heldUntil - this.#clock.now());
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      for (let found = this.#next(); found !== null; found = this.#next()) {
        if (typeof found !== 'number') {
          this.#count();
          found.grant();
          continue;
        }
        // A more urgent request may arrive meanwhile and have room at once: then look again.
        const arrival = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        await Promise.race([this.#sleep(found), arrival]);
      }
    } catch (error) {
      for (const queue of this.#queues.values()) queue.splice(0).forEach((waiter) => waiter.refuse(error));
    } finally {
      this.#pumping = false;
    }
  }

  /** The first request that may be sent now, or how long the soonest has to wait; null when none waits. */
  #next(): Waiter | number | null {
    let soonest: number | null = null;
    for (const priority of requestPriorities) {
      const queue = this.#queues.get(priority) ?? [];
      if (queue.length === 0) continue;
      const wait = this.#wait(priority);
      if (wait <= 0) return queue.shift() ?? null;
      soonest = soonest === null ? wait : Math.min(soonest, wait);
    }
    return soonest;
  }

  #wait(priority: RequestPriority): number {
    const now = this.#clock.now();
    const share = (limit: number): number => Math.max(1, Math.floor((limit * sharePercent[priority]) / 100));
    return Math.max(
      this.#heldUntil - now,
      this.#minute.wait(share(this.#perMinute), now),
      this.#hour.wait(share(this.#hourLimit), now),
    );
  }

  #count(): void {
    const now = this.#clock.now();
    this.#minute.add(now);
    this.#hour.add(now);
    if (this.#remaining === null) return;
    this.#remaining -= 1;
    this.#holdWhenExhausted();
  }

  /** Other programs use the same quota. One request after the hold finds out what is left by then. */
  #holdWhenExhausted(): void {
    if (this.#remaining === null || this.#remaining > 0) return;
    this.holdUntil(this.#clock.now() + exhaustedHoldMs);
    this.#remaining = null;
  }
}
