import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Request, Response } from 'express';
import { UnauthorizedError, expressjwt } from 'express-jwt';
import { z } from 'zod';
import { Refused, refuse } from '../ledger/refusal.ts';
import type { Caller } from './caller.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { HttpProblem } from './problem.ts';
import { brokenText } from './text.ts';
import { createVerifiedTokens } from './verified-tokens.ts';

type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512';

/** How tokens are verified. At least one of `secret` and `jwksUrl` is needed. */
export interface AuthOptions {
  /** Shared secret of HS* tokens (`JWT_SECRET`). */
  secret?: string | null;
  /** The HS* algorithms that are accepted with the secret (`JWT_ALGORITHMS`). */
  algorithms: readonly SecretAlgorithm[];
  issuer?: string | null;
  audience?: string | null;
  /** Key set of an RS256/ES256 issuer (`JWT_JWKS_URL`). */
  jwksUrl?: string | null;
}

const keySetAlgorithms = ['RS256', 'ES256'] as const;

const wellFormed = z.string().refine((text) => brokenText(text) === null);

/** The claims that are read; others are ignored. */
const claims = z.object({
  sub: wellFormed.min(1).max(500),
  exp: z.number(),
  tenant_id: wellFormed.min(1).max(200).nullish(),
  roles: z.array(wellFormed.max(200)).max(100).nullish(),
});

/** A 401 with the challenge of RFC 6750. */
function unauthorized(detail: string, tokenGiven: boolean): HttpProblem {
  const challenge = 'Bearer realm="arcadia-cloud"';
  return new HttpProblem('unauthorized', detail, {
    'WWW-Authenticate': tokenGiven ? `${challenge}, error="invalid_token"` : challenge,
  });
}

/**
 * The caller that a verified token names.
 * @throws {HttpProblem} 401 for claims of a wrong shape
 * @throws {Refused} `forbidden` for a token with neither a tenant nor a role of this service
 */
export function callerOf(payload: unknown): Caller {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'claims')))].join(
      ', ',
    );
    throw unauthorized(`the token's claims are not usable: ${fields}`, true);
  }
  const roles = parsed.data.roles ?? [];
  const admin = roles.includes('platform_admin');
  const service = !admin && roles.includes('service');
  const tenantId = parsed.data.tenant_id ?? null;
  if (!admin && !service && tenantId === null) {
    throw new Refused(refuse('forbidden', 'the token names neither a tenant nor a role of this service'));
  }
  return { sub: parsed.data.sub, tenantId, admin, service, roles };
}

/** The key that a token's header names. Where the set can't be fetched the answer is 503, not 401. */
async function keyOf(keys: KeySet, kid: string | undefined): Promise<KeyObject> {
  const key = await keys.find(kid).catch(() => {
    throw new HttpProblem('unavailable', "the token issuer's keys can not be fetched right now");
  });
  if (key === null) throw unauthorized('the token is signed by an unknown key', true);
  return key;
}

/** Express middleware that leaves the claims of a valid bearer token in `request.auth`. */
function createVerifier(options: AuthOptions): ReturnType<typeof expressjwt> {
  const { jwksUrl = null, issuer = null, audience = null } = options;
  // jsonwebtoken would make a KeyObject of a string for each request, at a quarter of the throughput.
  const secret = options.secret ? createSecretKey(Buffer.from(options.secret)) : undefined;
  const keys = jwksUrl === null ? undefined : createKeySet(jwksUrl);
  const secretAlgorithms: readonly string[] = secret ? options.algorithms : [];
  return expressjwt({
    secret: async (_request, token) => {
      const algorithm = token?.header.alg ?? 'none';
      if (secret && secretAlgorithms.includes(algorithm)) return secret;
      if (keys && (keySetAlgorithms as readonly string[]).includes(algorithm))
        return keyOf(keys, token?.header.kid);
      throw unauthorized('the token is not one that this service accepts', true);
    },
    algorithms: [...(secret ? options.algorithms : []), ...(keys ? keySetAlgorithms : [])],
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
  });
}

/** A caller, and when the token that names it ends. */
export interface TokenHolder {
  caller: Caller;
  expiresAt: Date;
}

/**
 * Verifies a token that was given other than by a header, as {@link authenticate} does.
 * @throws {HttpProblem} 401
 * @throws {Refused} `forbidden` for a token with neither a tenant nor a role of this service
 */
export type VerifyToken = (token: string) => Promise<TokenHolder>;

export function createTokenCheck(options: AuthOptions): VerifyToken {
  const verify = createVerifier(options);
  return async (token) => {
    const request = { method: 'GET', headers: { authorization: `Bearer ${token}` } } as unknown as Request;
    const payload = await new Promise<unknown>((resolve, reject) => {
      const done = (error?: unknown): void => {
        // Whatever is wrong with its form: there was no header to be wrong.
        if (error instanceof UnauthorizedError)
          reject(
            error.code.startsWith('credentials_')
              ? unauthorized('the token is not valid', true)
              : problemOf(error),
          );
        else if (error instanceof Error) reject(error);
        else resolve((request as Request & { auth?: unknown }).auth);
      };
      verify(request, {} as Response, done).catch(reject);
    });
    const caller = callerOf(payload);
    return { caller, expiresAt: new Date(claims.parse(payload).exp * 1_000) };
  };
}

/**
 * The sender of a request, by its bearer token: HS* with the secret, RS256 and ES256 with a key of the key
 * set, no others. A token that was verified a moment ago is answered at once.
 * @throws {HttpProblem} 401
 * @throws {Refused} `forbidden` for a token with neither a tenant nor a role of this service
 */
export type Authenticate = (request: Request, response: Response) => Caller | Promise<Caller>;

export function authenticate(options: AuthOptions): Authenticate {
  const verify = createVerifier(options);
  const known = createVerifiedTokens();
  const verified = async (request: Request, response: Response): Promise<Caller> => {
    const payload = await new Promise<unknown>((resolve, reject) => {
      const done = (error?: unknown): void => {
        if (error === undefined) resolve((request as Request & { auth?: unknown }).auth);
        else reject(error instanceof UnauthorizedError ? problemOf(error) : (error as Error));
      };
      verify(request, response, done).catch(reject);
    });
    const caller = callerOf(payload);
    const header = request.headers.authorization;
    if (header !== undefined) known.add(header, caller, payload);
    return caller;
  };
  return (request, response) => {
    const header = request.headers.authorization;
    return (header === undefined ? undefined : known.find(header)) ?? verified(request, response);
  };
}

/** A 401 that says what the client can do, and nothing about keys. */
function problemOf(error: UnauthorizedError): HttpProblem {
  if (error.code === 'credentials_required') return unauthorized('a bearer token is required', false);
  if (error.code.startsWith('credentials_'))
    return unauthorized('expected Authorization: Bearer <token>', false);
  return unauthorized(
    /expired/.test(error.message) ? 'the token has expired' : 'the token is not valid',
    true,
  );
}
