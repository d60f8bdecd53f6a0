import type { Scopes } from './scopes.ts';

export interface Tokens {
  /**
   * Lets a token in, with all scopes or with only the ones named. Again for the same token: narrows or widens
   * it.
   */
  allow(token: string, scopes?: readonly string[]): void;
  /** The token answers 401 from now on. */
  revoke(token: string): void;
  /** Scopes of a token; undefined for one that is not let in. */
  scopesOf(token: string): Scopes | undefined;
}

export const createTokens = (): Tokens => {
  const known = new Map<string, Scopes>();
  return {
    allow: (token, scopes) => void known.set(token, scopes === undefined ? null : new Set(scopes)),
    revoke: (token) => void known.delete(token),
    scopesOf: (token) => known.get(token),
  };
};

/** The token of an Authorization header; null where it is missing or malformed. */
export const bearerToken = (header: string | undefined): string | null =>
  /^Bearer ([^\s]+)$/.exec(header ?? '')?.[1] ?? null;
