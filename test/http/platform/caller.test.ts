import { expect } from 'chai';
import { Refused } from '../../../src/ledger/refusal.ts';
import { anonymous, mayAccess, ownerOr404, scopeOf, tenantFor } from '../../../src/http/caller.ts';
import type { Access, Caller } from '../../../src/http/caller.ts';
import { HttpProblem, problemFor } from '../../../src/http/problem.ts';
import { callerOf } from '../../../src/http/auth.ts';
import { LogUnavailable } from '../../../src/journal/event-log.ts';

const exp = 4_000_000_000;
const callers: Record<string, Caller> = {
  anonymous,
  tenant: callerOf({ sub: 'u', exp, tenant_id: 'acme' }),
  admin: callerOf({ sub: 'a', exp, roles: ['platform_admin'] }),
  service: callerOf({ sub: 's', exp, roles: ['service'] }),
  'service with a tenant': callerOf({ sub: 's', exp, tenant_id: 'acme', roles: ['service'] }),
  'admin that is a service too': callerOf({
    sub: 'b',
    exp,
    tenant_id: 'platform-admin',
    roles: ['service', 'platform_admin'],
  }),
};

/** The result, or the code of the refusal. */
function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof Refused
      ? error.refusal.refused
      : error instanceof HttpProblem
        ? error.code
        : error;
  }
}

describe('callers', () => {
  it('may use the routes of their roles', () => {
    const accesses: Access[] = ['public', 'tenant', 'admin', 'integration'];
    const table = Object.fromEntries(
      Object.entries(callers).map(([name, caller]) => [
        name,
        accesses.filter((access) => mayAccess(caller, access)),
      ]),
    );
    expect(table).to.deep.equal({
      anonymous: ['public'],
      tenant: ['public', 'tenant'],
      admin: ['public', 'tenant', 'admin', 'integration'],
      service: ['public', 'integration'],
      'service with a tenant': ['public', 'integration'],
      'admin that is a service too': ['public', 'tenant', 'admin', 'integration'],
    });
  });

  it('never see all tenants because they have no tenant', () => {
    const scopes = Object.fromEntries(
      Object.entries(callers).map(([name, caller]) => [name, outcome(() => scopeOf(caller))]),
    );
    expect(scopes).to.deep.equal({
      anonymous: 'forbidden',
      tenant: 'acme',
      admin: null,
      service: 'forbidden',
      'service with a tenant': 'forbidden',
      'admin that is a service too': null,
    });
  });

  it('see their own objects only, and what has no tenant only as admins', () => {
    const { tenant, admin } = callers as { tenant: Caller; admin: Caller };
    const own = { tenant_id: 'acme' };
    const nobodys = { tenant_id: null };
    expect(ownerOr404(tenant, own, 'thing')).to.equal(own);
    expect(ownerOr404(admin, nobodys, 'thing')).to.equal(nobodys);
    for (const object of [{ tenant_id: 'beta' }, nobodys, null, undefined])
      expect(outcome(() => ownerOr404(tenant, object, 'thing'))).to.equal('not-found');
    expect(outcome(() => ownerOr404(admin, undefined, 'thing'))).to.equal('not-found');
    expect(outcome(() => tenantFor(tenant, undefined))).to.equal('acme');
    expect(outcome(() => tenantFor(tenant, 'beta'))).to.equal('forbidden');
    expect(outcome(() => tenantFor(admin, 'beta'))).to.equal('beta');
    expect(outcome(() => tenantFor(admin, undefined))).to.equal('invalid-input');
  });

  it('are refused with malformed claims, or with neither tenant nor role', () => {
    const good = { sub: 'u', exp, tenant_id: 'acme', roles: ['x'] };
    for (const bad of [
      { sub: '' },
      { sub: 7 },
      { sub: 'a\u0000' },
      { exp: undefined },
      { tenant_id: '' },
      { tenant_id: ['acme'] },
      { tenant_id: '\ud800' },
      { roles: 'service' },
      { roles: [7] },
    ]) {
      expect(
        outcome(() => callerOf({ ...good, ...bad })),
        JSON.stringify(bad),
      ).to.equal('unauthorized');
    }
    expect(outcome(() => callerOf({ sub: 'u', exp }))).to.equal('forbidden');
    expect(outcome(() => callerOf({ sub: 'u', exp, roles: ['admin'] }))).to.equal('forbidden');
    expect(outcome(() => callerOf('text'))).to.equal('unauthorized');
  });
});

describe('errors that are no refusals', () => {
  const isOutage = (error: unknown): boolean => error instanceof LogUnavailable;
  it('are a 503 for an outage and a 500 otherwise, without details', () => {
    const outage = problemFor(new LogUnavailable('10.0.0.3 is down'), isOutage);
    expect([outage.problem.status, outage.headers['Retry-After']]).to.deep.equal([503, '2']);
    for (const thrown of [new Error('secret'), 'secret', null, { status: 404 }]) {
      const { problem, unexpected } = problemFor(thrown, isOutage);
      expect([problem.status, unexpected]).to.deep.equal([500, true]);
      expect(JSON.stringify(problem)).not.to.include('secret');
    }
  });
});
