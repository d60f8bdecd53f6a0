import { LocalTally, type QuotaHeaders, type RequestLimits, type RequestTally } from './request-tally.ts';
import { FallbackTally, type SharedTallyOptions } from './fallback-tally.ts';

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

export interface RequestBudgetOptions extends RequestLimits {
  clock: { now(): number };
  sleep: (milliseconds: number) => Promise<void>;
  /** A tally that other processes of the same token count in too; default: this process counts alone. */
  shared?: SharedTallyOptions;
}

export interface RequestBudget {
  /** Resolves when a request of this priority may be sent, and counts it as sent. */
  acquire(priority: RequestPriority): Promise<void>;
  /** Takes note of the quota in an answer other than a 429. */
  observe(quota: QuotaHeaders): void;
  /** Holds back all requests until then (milliseconds of the clock), as the server asked. */
  holdUntil(time: number): void;
  /** Milliseconds that all requests are held back for from now on; 0 when none. */
  heldForMs(): Promise<number>;
}

interface Waiter {
  grant: () => void;
  refuse: (reason: unknown) => void;
}

/**
 * A sliding-window limiter that all callers with one token share. Requests wait in order of priority, then of
 * arrival. A less urgent priority stops at its share of a window, so that urgent requests always have room:
 * those of other processes as well, where the tally is shared.
 */
export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  const local = new LocalTally(options, options.clock);
  const tally = options.shared === undefined ? local : new FallbackTally(local, options.shared);
  return new QueuedBudget(tally, options);
}

class QueuedBudget implements RequestBudget {
  readonly #tally: RequestTally;
  readonly #clock: { now(): number };
  readonly #sleep: (milliseconds: number) => Promise<void>;
  readonly #queues = new Map<RequestPriority, Waiter[]>(requestPriorities.map((priority) => [priority, []]));
  #pumping = false;
  #wake: () => void = () => undefined;

  constructor(tally: RequestTally, { clock, sleep }: Pick<RequestBudgetOptions, 'clock' | 'sleep'>) {
    this.#tally = tally;
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

  observe(quota: QuotaHeaders): void {
    this.#tally.observe(quota);
  }

  holdUntil(time: number): void {
    this.#tally.hold(time - this.#clock.now());
  }

  heldForMs(): Promise<number> {
    return this.#tally.heldForMs();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      for (let next = this.#next(); next !== null; next = this.#next()) {
        // A more urgent request may arrive meanwhile and have room at once: then look again.
        const arrival = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        // A less urgent one has the smaller share, so that it never has room where this one has none.
        const wait = await this.#tally.take(sharePercent[next.priority]);
        if (wait <= 0) next.queue.shift()?.grant();
        else await Promise.race([this.#sleep(wait), arrival]);
      }
    } catch (error) {
      for (const queue of this.#queues.values()) queue.splice(0).forEach((waiter) => waiter.refuse(error));
    } finally {
      this.#pumping = false;
    }
  }

  /** The most urgent priority that a request waits with; null when none waits. */
  #next(): { priority: RequestPriority; queue: Waiter[] } | null {
    for (const [priority, queue] of this.#queues) if (queue.length > 0) return { priority, queue };
    return null;
  }
}
