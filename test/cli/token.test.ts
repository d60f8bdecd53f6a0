import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { mintDevelopmentToken } from '../../src/cli/mint-token.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { loadConfig } from '../../src/config.ts';
import { callerOf } from '../../src/http/auth.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';

const config = loadConfig({
  JWT_SECRET: TEST_SECRET,
  JWT_ALGORITHMS: 'HS384,HS512',
  JWT_ISSUER: 'issuer',
  JWT_AUDIENCE: 'arcadia',
});
const verified = (token: string) =>
  jwt.verify(token, TEST_SECRET, {
    algorithms: ['HS384'],
    issuer: 'issuer',
    audience: 'arcadia',
    complete: false,
  });

describe('a development token', () => {
  it('is accepted by the service', () => {
    expect(callerOf(verified(mintDevelopmentToken(config, { tenant: 'acme', hours: '1' })))).to.deep.include({
      tenantId: 'acme',
      admin: false,
      service: false,
    });
    expect(
      callerOf(verified(mintDevelopmentToken(config, { role: 'platform_admin', sub: 'ann', hours: '1' }))),
    ).to.deep.include({ sub: 'ann', admin: true });
    expect(callerOf(verified(mintDevelopmentToken(config, { role: 'service', hours: '1' })))).to.deep.include(
      { service: true, tenantId: null },
    );
    const { iat, exp } = verified(
      mintDevelopmentToken(config, { tenant: 'acme', hours: '12' }),
    ) as jwt.JwtPayload;
    expect((exp ?? 0) - (iat ?? 0)).to.equal(12 * 3600);
  });

  it('is refused without tenant and role, without a lifetime, and without a secret', () => {
    expect(() => mintDevelopmentToken(config, { hours: '1' })).to.throw(UsageError, /--role/);
    expect(() => mintDevelopmentToken(config, { tenant: 'acme', hours: '0' })).to.throw(
      UsageError,
      /--hours/,
    );
    const keySetOnly = loadConfig({ JWT_JWKS_URL: 'https://id.example.com/jwks.json' });
    expect(() => mintDevelopmentToken(keySetOnly, { tenant: 'acme', hours: '1' })).to.throw(
      UsageError,
      /JWT_SECRET/,
    );
  });
});
