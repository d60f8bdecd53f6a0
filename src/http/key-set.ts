import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwksRsa from 'jwks-rsa';
import { fetchKeySet } from './fetch-key-set.ts';

/** The public keys of a token issuer, by their ids. */
export interface KeySet {
  /**
   * The key of an id; without an id the only key there is. Null for none.
   * @throws what fetching the set throws
   */
  find(kid: string | undefined): Promise<KeyObject | null>;
}

/** A key that its issuer has withdrawn counts no longer than that. */
const MAX_AGE_MS = 600_000;
/**
 * An id that the set lacks makes it be fetched again, but not more often than that: anybody can name ids
 * without end.
 */
const MIN_AGE_MS = 6_000;

/**
 * The keys at a URL, fetched as a whole and kept. Tokens with unknown ids, however many, are in nobody's way:
 * they are told so by the set as it is, and a new key of the issuer's is known seconds after it is first
 * used.
 * @param now milliseconds of a clock that never goes back
 */
export function createKeySet(url: string, now: () => number = () => performance.now()): KeySet {
  const client = jwksRsa({ jwksUri: url, cache: false, fetcher: fetchKeySet });
  let keys = new Map<string, KeyObject>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;
  const fetched = async (): Promise<void> => {
    const all = await client.getSigningKeys();
    keys = new Map(all.map((key) => [key.kid, createPublicKey(key.getPublicKey())]));
    fetchedAt = now();
  };
  const refresh = (): Promise<void> => {
    pending ??= fetched().finally(() => {
      pending = null;
    });
    return pending;
  };
  const known = (kid: string | undefined): KeyObject | null =>
    kid === undefined
      ? keys.size === 1
        ? (keys.values().next().value ?? null)
        : null
      : (keys.get(kid) ?? null);
  return {
    async find(kid) {
      const age = now() - fetchedAt;
      if (age >= MAX_AGE_MS || (known(kid) === null && age >= MIN_AGE_MS)) await refresh();
      return known(kid);
    },
  };
}
