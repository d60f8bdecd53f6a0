import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

/** The most seconds that a token is valid for. */
const LONGEST_LIFE_SECONDS = 15 * 60;

const claims = z.object({
  sub: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  tenant_id: z.string(),
  roles: z.array(z.string()),
});

export type FinanceClaims = z.infer<typeof claims>;

export type TokenVerdict =
  | { ok: true; claims: FinanceClaims }
  | { ok: false; status: 401 | 403; reason: string };

/**
 * Checks a bearer token as the finance service does: HS512 with the shared secret, all claims there, minted
 * for minutes and not for days (401), by the platform's admin (403). `nowSeconds` is the time it must be
 * valid at.
 */
export const checkToken = (header: string | undefined, secret: string, nowSeconds: number): TokenVerdict => {
  const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
  if (token === undefined) return { ok: false, status: 401, reason: 'no bearer token' };
  let payload: unknown;
  try {
    const key = createSecretKey(Buffer.from(secret));
    payload = jwt.verify(token, key, { algorithms: ['HS512'], clockTimestamp: nowSeconds });
  } catch (error) {
    return { ok: false, status: 401, reason: error instanceof Error ? error.message : 'bad token' };
  }
  const parsed = claims.safeParse(payload);
  if (!parsed.success)
    return {
      ok: false,
      status: 401,
      reason: `claims: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`,
    };
  const { data } = parsed;
  if (data.exp - data.iat > LONGEST_LIFE_SECONDS)
    return { ok: false, status: 401, reason: 'exp is too far ahead' };
  if (data.tenant_id !== 'platform-admin')
    return { ok: false, status: 403, reason: 'tenant_id is not platform-admin' };
  if (!data.roles.includes('admin')) return { ok: false, status: 403, reason: 'role admin is missing' };
  return { ok: true, claims: data };
};
