import jwt from 'jsonwebtoken';
import type { Config } from '../config.ts';
import { UsageError } from './usage-error.ts';

/** The options of `arcadia token`. */
export interface TokenOptions {
  role?: 'platform_admin' | 'service';
  tenant?: string;
  sub?: string;
  /** How long it is valid; a whole number. */
  hours: string;
}

/** @throws {UsageError} without role and tenant, without a secret to sign with, or for hours out of range */
export function mintDevelopmentToken(
  { jwt: settings }: Pick<Config, 'jwt'>,
  { role, tenant, sub = 'developer', hours }: TokenOptions,
): string {
  if (role === undefined && tenant === undefined)
    throw new UsageError('Say whose token it is: --role platform_admin, --role service or --tenant <id>.');
  if (!/^\d{1,4}$/.test(hours) || Number(hours) < 1)
    throw new UsageError('--hours: expected a whole number from 1 to 9999');
  const [algorithm] = settings.algorithms;
  if (settings.secret === null || algorithm === undefined)
    throw new UsageError('JWT_SECRET is not set: only the issuer behind JWT_JWKS_URL can mint tokens.');
  const claims = {
    sub,
    ...(tenant === undefined
      ? role === 'platform_admin'
        ? { tenant_id: 'platform-admin' }
        : {}
      : { tenant_id: tenant }),
    ...(role === undefined ? {} : { roles: [role] }),
  };
  return jwt.sign(claims, settings.secret, {
    algorithm,
    expiresIn: Number(hours) * 3600,
    ...(settings.issuer === null ? {} : { issuer: settings.issuer }),
    ...(settings.audience === null ? {} : { audience: settings.audience }),
  });
}
