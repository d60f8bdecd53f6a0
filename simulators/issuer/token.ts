import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** The claims of a token. */
export interface TokenSpec {
  secret: string;
  sub: string;
  tenant_id?: string;
  roles?: readonly string[];
  /** Seconds until it expires; default one hour, negative for one that has expired. */
  expiresIn?: number;
  algorithm?: 'HS256' | 'HS384' | 'HS512';
  issuer?: string;
  audience?: string;
}

/** Mints a token as the issuing application would, for tests and the demo. */
export function mintToken(spec: TokenSpec): string {
  const { secret, sub, tenant_id, roles, expiresIn = 3600, algorithm = 'HS512', issuer, audience } = spec;
  const claims = {
    sub,
    ...(tenant_id === undefined ? {} : { tenant_id }),
    ...(roles === undefined ? {} : { roles }),
  };
  // Made a key here: jsonwebtoken tries a text as a private key first, forty times the work of the signature.
  return jwt.sign(claims, createSecretKey(Buffer.from(secret)), {
    algorithm,
    expiresIn,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  });
}
