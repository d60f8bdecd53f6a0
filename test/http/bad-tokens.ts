import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { TEST_SECRET, mintToken } from '../support/http/tokens.ts';

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hour = 3600;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const admin = { sub: 'admin-1', roles: ['platform_admin'] };
const farExpiry = 4_000_000_000;

/** Tokens of an admin, each wrong in one way: all of them are a 401. */
export const badTokens: Record<string, string> = {
  garbage: 'not-a-token',
  'another secret': mintToken({ ...admin, secret: `${TEST_SECRET}!` }),
  expired: mintToken({ ...admin, secret: TEST_SECRET, expiresIn: -hour }),
  'an algorithm that is not configured': mintToken({ ...admin, secret: TEST_SECRET, algorithm: 'HS256' }),
  'algorithm none': `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url({ ...admin, exp: farExpiry })}.`,
  'RS256 where no key set is configured': jwt.sign({ ...admin, exp: farExpiry }, rsa.privateKey, {
    algorithm: 'RS256',
  }),
  'no expiry': jwt.sign(admin, TEST_SECRET, { algorithm: 'HS512' }),
  'no subject': jwt.sign({ roles: admin.roles, exp: farExpiry }, TEST_SECRET, { algorithm: 'HS512' }),
  'roles that are no array': jwt.sign({ sub: 'a', roles: 'platform_admin', exp: farExpiry }, TEST_SECRET, {
    algorithm: 'HS512',
  }),
  'a tenant that is no string': jwt.sign({ ...admin, tenant_id: 7, exp: farExpiry }, TEST_SECRET, {
    algorithm: 'HS512',
  }),
  'an empty tenant': jwt.sign({ sub: 'a', tenant_id: '', exp: farExpiry }, TEST_SECRET, {
    algorithm: 'HS512',
  }),
};
