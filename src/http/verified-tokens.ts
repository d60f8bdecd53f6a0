import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';

/** How many tokens are remembered. */
const MAX_TOKENS = 5_000;
/** The longest that a token is remembered: a key that its issuer withdraws is accepted no longer. */
const MAX_AGE_MS = 60_000;

/** Callers of tokens that were verified a moment ago, by the whole Authorization header. */
export interface VerifiedTokens {
  /** Undefined for a header that is not known, has expired, or was verified too long ago. */
  find(header: string): Caller | undefined;
  /** @param payload the verified claims, whose `exp` (epoch seconds) bounds how long they count */
  add(header: string, caller: Caller, payload: unknown): void;
}

/**
 * Remembers verified tokens, since a client sends the same one with every request.
 * @param now epoch milliseconds
 */
export function createVerifiedTokens(now: () => number = Date.now): VerifiedTokens {
  const tokens = new LRUCache<string, Caller>({
    max: MAX_TOKENS,
    ttl: MAX_AGE_MS,
    ttlResolution: 0,
    perf: { now },
  });
  return {
    find: (header) => tokens.get(header),
    add(header, caller, payload) {
      const { exp } = payload as { exp: number };
      // The cache keeps an entry through the last millisecond of its time; a token ends before `exp`.
      const ttl = Math.min(exp * 1_000 - now(), MAX_AGE_MS) - 1;
      if (ttl > 0) tokens.set(header, caller, { ttl });
    },
  };
}
