import type { Scopes } from './scopes.ts';

export interface Tokens {
  /** Accepts a token, with all scopes or only those named. Called again, it changes the token's scopes. */
  allow(token: string, scopes?: readonly string[]): void;
  /** The token answers 401 from now on. */
  revoke(token: string): void;
  /** Scopes of a token; undefined for one that is not accepted. */
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
