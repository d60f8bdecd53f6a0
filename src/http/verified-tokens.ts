import type { Caller } from './caller.ts';

/**
 * How many tokens are remembered, and how long at most: a key that its issuer withdraws counts no longer than
 * that.
 */
const MAX_TOKENS = 5_000;
const MAX_AGE_MS = 60_000;

/** Callers of tokens that were verified a moment ago, by the whole Authorization header. */
export interface VerifiedTokens {
  /** Undefined for a header that is not known, has expired, or was verified too long ago. */
  find(header: string): Caller | undefined;
  /** @param payload the verified claims, whose `exp` (epoch seconds) bounds how long they count */
  add(header: string, caller: Caller, payload: unknown): void;
}

/**
 * Remembers what was verified: a client sends the same token with every request, and its signature does not
 * change.
 */
export function createVerifiedTokens(now: () => number = Date.now): VerifiedTokens {
  const tokens = new Map<string, { caller: Caller; until: number }>();
  return {
    find(header) {
      const known = tokens.get(header);
      if (known === undefined || known.until > now()) return known?.caller;
      tokens.delete(header);
      return undefined;
    },
    add(header, caller, payload) {
      const { exp } = payload as { exp: number };
      // The oldest go first: a map keeps the order of insertion.
      if (tokens.size >= MAX_TOKENS) tokens.delete(tokens.keys().next().value as string);
      tokens.set(header, { caller, until: Math.min(exp * 1_000, now() + MAX_AGE_MS) });
    },
  };
}
