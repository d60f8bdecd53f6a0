import type { LocalTally, QuotaHeaders, RequestTally } from './request-tally.ts';

/** What this process knows by itself, for a shared tally that missed some of it. */
export interface OwnRequests {
  /** How many milliseconds ago its requests of the last hour were sent, oldest first. */
  agesMs: readonly number[];
  /** How many milliseconds its requests are held back for. */
  heldForMs: number;
}

/** The tally of all processes with one token. Each method throws while it can't be reached. */
export interface SharedTally {
  /** As {@link RequestTally.take}; null where there is nothing to share now. */
  take(sharePercent: number): Promise<number | null>;
  observe(quota: QuotaHeaders): Promise<void>;
  hold(milliseconds: number): Promise<void>;
  /** Null where there is nothing to share now. */
  heldForMs(): Promise<number | null>;
  /**
   * Names what this process knows by itself, to be counted where it is not counted yet: asked for when the
   * tally is reached for the first time, and again after it was away.
   */
  restoreFrom(own: () => OwnRequests): void;
}

/** A shared tally, and what its use needs. */
export interface SharedTallyOptions {
  tally: SharedTally;
  logger?: {
    info(message: string): void;
    warn(fields: object, message: string): void;
  };
}

/**
 * Counts in a tally that all processes share, and alone while that one is away. What was counted alone is
 * counted in the shared one when it is back.
 */
export class FallbackTally implements RequestTally {
  readonly #local: LocalTally;
  readonly #shared: SharedTally;
  readonly #logger: SharedTallyOptions['logger'];
  #isAway = false;

  constructor(local: LocalTally, { tally, logger }: SharedTallyOptions) {
    this.#local = local;
    this.#shared = tally;
    this.#logger = logger;
    tally.restoreFrom(() => ({ agesMs: local.agesMs(), heldForMs: local.heldNowMs() }));
  }

  async take(sharePercent: number): Promise<number> {
    // What this process was asked to wait for holds even where the shared tally lost it.
    const held = this.#local.heldNowMs();
    if (held > 0) return held;
    const wait = await this.#ask(() => this.#shared.take(sharePercent));
    if (wait === null) return this.#local.take(sharePercent);
    if (wait === 0) this.#local.count();
    return wait;
  }

  observe(quota: QuotaHeaders): void {
    this.#local.observe(quota);
    void this.#ask(() => this.#shared.observe(quota));
  }

  hold(milliseconds: number): void {
    this.#local.hold(milliseconds);
    void this.#ask(() => this.#shared.hold(milliseconds));
  }

  async heldForMs(): Promise<number> {
    const held = this.#local.heldNowMs();
    return Math.max(held, (await this.#ask(() => this.#shared.heldForMs())) ?? 0);
  }

  /** Null where the shared tally can't be asked: that is logged once, and once that it is back. */
  async #ask<T>(question: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await question();
      if (this.#isAway && answer !== null) {
        this.#isAway = false;
        this.#logger?.info('the processes share one budget of requests to DigitalOcean again');
      }
      return answer;
    } catch (error) {
      if (!this.#isAway) {
        this.#isAway = true;
        const reason = error instanceof Error ? error.message : 'unknown error';
        this.#logger?.warn(
          { reason },
          'Redis is away: until it is back, this process counts its requests to DigitalOcean alone',
        );
      }
      return null;
    }
  }
}
