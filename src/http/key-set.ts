import { createPublicKey, type KeyObject } from 'node:crypto';
import jwksRsa from 'jwks-rsa';
import { fetchKeySet } from './fetch-key-set.ts';

/** The public keys of a token issuer, by their ids. */
export interface KeySet {
  /**
   * The key with this id; without an id, the set's only key. Null for none.
   * @throws what fetching the set throws
   */
  find(kid: string | undefined): Promise<KeyObject | null>;
}

/** The set is fetched again after this time: a key that its issuer withdraws is accepted no longer. */
const MAX_AGE_MS = 600_000;
/** The shortest time between two fetches for unknown ids: any client can send tokens with unknown ids. */
const MIN_AGE_MS = 6_000;

/**
 * The keys at a URL, fetched as a whole and kept. Tokens with unknown ids, however many, cause one fetch in
 * six seconds; between two fetches the known keys decide. So a new key of the issuer is known within seconds
 * of its first use.
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
