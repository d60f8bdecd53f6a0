// The requests to DigitalOcean of all processes with one token, counted in Redis.
import { createHash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { OwnRequests, SharedTally } from '../digitalocean/fallback-tally.ts';
import { shareOf, type QuotaHeaders, type RequestLimits } from '../digitalocean/request-tally.ts';
import type { RedisTarget } from '../embedded/open-redis.ts';
import { heldScript, holdScript, observeScript, restoreScript, takeScript } from './redis-tally-scripts.ts';

export interface RedisTallyOptions {
  /** Origin of the API; with the token it names the tally. Redis gets only a hash of the two. */
  baseUrl: string;
  token: string;
  limits: RequestLimits;
  /** Finds the Redis; null where there is none. Asked again from time to time while it does not answer. */
  find: () => Promise<RedisTarget | null>;
  /** Milliseconds since the epoch, the same for all processes; default: the clock of Redis. */
  now?: () => number;
}

/** A tally in Redis. No process holds anything in it: what one counted leaves with the window. */
export interface RedisTally extends SharedTally {
  close(): void;
}

/** After a failure Redis is asked again after this time, or when its connection is ready again. */
const restMs = 5_000;
/** A Redis that is not there is looked for again after this time: it may be another one by then. */
const findAgainMs = 30_000;

/** Connects when it is first asked. */
export function createRedisTally(options: RedisTallyOptions): RedisTally {
  return new TallyInRedis(options);
}

class TallyInRedis implements RedisTally {
  readonly #options: RedisTallyOptions;
  readonly #keys: readonly [string, string];
  readonly #process = randomUUID();
  #sequence = 0;
  #own: () => OwnRequests = () => ({ agesMs: [], heldForMs: 0 });
  #redis: Promise<Redis | null> | null = null;
  #foundAt = 0;
  #restsUntil = 0;
  #lastError = new Error('Redis did not answer');
  #isBehind = true;
  #isClosed = false;

  constructor(options: RedisTallyOptions) {
    this.#options = options;
    const { origin } = new URL(options.baseUrl);
    const hash = createHash('sha256').update(`${origin}\n${options.token}`).digest('hex');
    const key = `arcadia:requests:{${hash.slice(0, 32)}}`;
    this.#keys = [`${key}:sent`, `${key}:state`];
  }

  restoreFrom(own: () => OwnRequests): void {
    this.#own = own;
  }

  take(sharePercent: number): Promise<number | null> {
    const { perMinute, perHour } = this.#options.limits;
    this.#sequence += 1;
    return this.#ask(takeScript, [
      shareOf(perMinute, sharePercent),
      perHour,
      sharePercent,
      `${this.#process}:${this.#sequence}`,
    ]);
  }

  async observe({ limit, remaining }: QuotaHeaders): Promise<void> {
    await this.#ask(observeScript, [limit ?? '', remaining ?? '']);
  }

  async hold(milliseconds: number): Promise<void> {
    await this.#ask(holdScript, [Math.ceil(milliseconds)]);
  }

  heldForMs(): Promise<number | null> {
    return this.#ask(heldScript, []);
  }

  close(): void {
    this.#isClosed = true;
    void this.#redis?.then(
      (redis) => redis?.disconnect(),
      () => undefined,
    );
  }

  async #ask(script: string, values: readonly (string | number)[]): Promise<number | null> {
    if (this.#isClosed) return null;
    if (performance.now() < this.#restsUntil) throw this.#lastError;
    try {
      const redis = await this.#connected();
      if (redis === null) return null;
      await this.#catchUp(redis);
      return await this.#run(redis, script, values);
    } catch (error) {
      this.#isBehind = true;
      this.#restsUntil = performance.now() + restMs;
      this.#lastError = error instanceof Error ? error : new Error('Redis did not answer');
      throw this.#lastError;
    }
  }

  /** Counts there what this process sent while Redis was away, or what Redis lost. */
  async #catchUp(redis: Redis): Promise<void> {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    const { agesMs, heldForMs } = this.#own();
    await this.#run(redis, restoreScript, [`${this.#process}:`, Math.ceil(heldForMs), ...agesMs]);
  }

  async #run(redis: Redis, script: string, values: readonly (string | number)[]): Promise<number> {
    const now = this.#options.now?.() ?? '';
    return Number(await redis.eval(script, this.#keys.length, ...this.#keys, now, ...values));
  }

  /** The connection, once it stands. Throws when it does not; null where there is no Redis. */
  async #connected(): Promise<Redis | null> {
    // One that could not be opened is opened again when its time has come.
    let redis = await this.#redis?.catch(() => undefined);
    if (
      redis?.status !== 'ready' &&
      (this.#redis === null || performance.now() - this.#foundAt > findAgainMs)
    ) {
      redis?.disconnect();
      this.#foundAt = performance.now();
      this.#redis = this.#open();
      redis = await this.#redis;
    }
    return redis ?? null;
  }

  async #open(): Promise<Redis | null> {
    const target = await this.#options.find();
    if (target === null) return null;
    const { openBriefRedis } = await import('./redis-connections.ts');
    const redis = openBriefRedis(target);
    redis.on('ready', () => {
      // It may have lost what it held, and others ask it before this process does.
      this.#isBehind = true;
      this.#restsUntil = 0;
      this.#catchUp(redis).catch(() => {
        this.#isBehind = true;
      });
    });
    // Who asks gets the error.
    redis.on('error', () => undefined);
    await redis.connect().catch(() => undefined);
    if (this.#isClosed) redis.disconnect();
    return redis;
  }
}
