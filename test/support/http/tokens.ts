import { mintToken } from '../../../simulators/issuer/token.ts';

export { mintToken } from '../../../simulators/issuer/token.ts';

/** The shared secret of tests. */
export const TEST_SECRET = 'a-test-secret-of-at-least-sixty-four-characters-for-hs512-tokens!';

/** A platform admin's token. */
export function adminToken(sub = 'admin-1'): string {
  return mintToken({ secret: TEST_SECRET, sub, tenant_id: 'platform-admin', roles: ['platform_admin'] });
}

/** A tenant's token. */
export function tenantToken(tenantId: string, sub = `user-of-${tenantId}`): string {
  return mintToken({ secret: TEST_SECRET, sub, tenant_id: tenantId });
}

/** A machine's token. */
export function serviceToken(sub = 'llm-gateway'): string {
  return mintToken({ secret: TEST_SECRET, sub, roles: ['service'] });
}
