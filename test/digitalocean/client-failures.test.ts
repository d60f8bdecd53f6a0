import { expect } from 'chai';
import { createDigitalOceanClient } from '../../src/digitalocean/client.ts';
import {
  aDomain,
  emptyAccount,
  fullScopes,
  type Account,
  type FaultEffect,
} from '../../simulators/digitalocean/index.ts';
import {
  errorOf,
  pagesAsked,
  requestLines,
  startTestAccount,
  type TestAccount,
} from '../support/digitalocean/test-account.ts';

const threePages = (): Account => ({
  ...emptyAccount(),
  domains: Array.from({ length: 401 }, () => aDomain()),
});
const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

describe('DigitalOcean client: failures', () => {
  let test: TestAccount;
  afterEach(() => test.simulator.close());

  const passing: readonly (readonly [what: string, effect: FaultEffect])[] = [
    ['a 500', { kind: 'status', status: 500 }],
    ['a 502', { kind: 'status', status: 502 }],
    ['a 503 service_unavailable', { kind: 'status', status: 503 }],
    ['a 504 with HTML', { kind: 'cloudflare_html' }],
    ['a 200 with HTML', { kind: 'cloudflare_html', status: 200 }],
    ['a 500 with an empty body', { kind: 'empty_body', status: 500 }],
    ['a 200 with an empty body', { kind: 'empty_body', status: 200 }],
    ['a connection reset', { kind: 'reset' }],
    ['a connection reset after the answer was made', { kind: 'reset', when: 'after' }],
    ['truncated JSON', { kind: 'truncated_json' }],
    ['silence before the headers', { kind: 'stall_before_headers' }],
    ['silence in the middle of the body', { kind: 'stall_mid_body' }],
    ['a body that breaks off', { kind: 'cut_body', contentLength: true }],
  ];
  for (const [what, effect] of passing) {
    // Silence alone is waited for; a page that is only slow, on a busy machine, is not asked for again.
    const timeoutMs = effect.kind.startsWith('stall') ? 1_000 : 30_000;
    it(`gets over ${what}, page by page`, async () => {
      test = await startTestAccount({ account: threePages() }, { timeoutMs });
      test.simulator.faults.inject({ page: 2, times: 2, effect });
      expect(await test.client.listDomains()).to.have.length(401);
      expect(pagesAsked(test.simulator.requests, '/v2/domains')).to.deep.equal([1, 2, 2, 2, 3]);
    });

    it(`gives up on ${what} that does not pass, without a partial list`, async () => {
      test = await startTestAccount({ account: threePages() }, { timeoutMs, maxAttempts: 3 });
      test.simulator.faults.inject({ page: 2, effect });
      const error = await errorOf(test.client.listDomains());
      expect(error.code).to.be.oneOf(['unavailable', 'malformed']);
      expect(error.message).to.contain('/v2/domains?page=2');
      expect(pagesAsked(test.simulator.requests, '/v2/domains')).to.deep.equal([1, 2, 2, 2]);
    });
  }

  const final: readonly (readonly [status: number, code: string])[] = [
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [422, 'invalid'],
  ];
  for (const [status, code] of final) {
    it(`never asks again after a ${String(status)}`, async () => {
      test = await startTestAccount();
      test.simulator.faults.inject({ effect: { kind: 'status', status } });
      const error = await errorOf(test.client.listDomains());
      expect(error).to.include({ code, status, path: '/v2/domains?page=1&per_page=200' });
      expect(error.requestId).to.be.a('string');
      expect(test.simulator.requests).to.have.length(1);
    });
  }

  it('fails a listing whose token is revoked after page 2', async () => {
    test = await startTestAccount({ account: threePages() });
    test.simulator.faults.inject({
      page: 2,
      effect: { kind: 'then', run: () => test.simulator.tokens.revoke(test.simulator.token) },
    });
    expect((await errorOf(test.client.listDomains())).code).to.equal('unauthorized');
    expect(requestLines(test.simulator.requests).at(-1)).to.equal('/v2/domains page 3 → 401');
  });

  it('fails one kind for a scope that is missing, and reads the others', async () => {
    test = await startTestAccount();
    test.simulator.tokens.allow(
      test.simulator.token,
      fullScopes.filter((scope) => scope !== 'domain:read'),
    );
    const error = await errorOf(test.client.listDomains());
    expect(error).to.include({ code: 'forbidden', status: 403, providerCode: 'forbidden' });
    expect(await test.client.listSnapshots()).to.have.length(12);
  });

  it('never shows the token, wherever it turns up', async () => {
    test = await startTestAccount();
    const { token } = test.simulator;
    test.simulator.faults.inject({
      times: 1,
      effect: { kind: 'status', status: 403, body: { id: 'forbidden', message: `token ${token} may not` } },
    });
    const error = await errorOf(test.client.listDomains());
    expect(`${error.message} ${String(error.stack)} ${JSON.stringify(error)}`).not.to.contain(token);
    expect(() =>
      createDigitalOceanClient({
        baseUrl: test.simulator.url,
        token: 'secret\nvalue',
        clock: test.simulator.clock,
        sleep: async () => undefined,
        random: () => 0,
      }),
    )
      .to.throw(TypeError)
      .that.satisfies((thrown: TypeError) => !thrown.message.includes('secret'));
  });

  it('returns an empty list as it is: the caller can check by requesting one by id', async () => {
    test = await startTestAccount();
    test.simulator.faults.inject({ path: '/v2/droplets', times: 2, effect: { kind: 'empty_list' } });
    expect(await test.client.listDroplets()).to.deep.equal([]);
    expect(await test.client.getResource('droplet', '401000001')).to.include({ name: 'git.example.com' });
  });

  it("calls a resource gone only on a 404 in DigitalOcean's own form", async () => {
    test = await startTestAccount();
    expect(await test.client.getResource('droplet', '999')).to.equal(null);
    test.simulator.faults.inject({ effect: { kind: 'empty_body', status: 404 } });
    expect((await errorOf(test.client.getResource('droplet', '401000001'))).code).to.equal('not-found');
    test.simulator.faults.clear();
    test.simulator.faults.inject({ effect: { kind: 'cloudflare_html', status: 404 } });
    expect((await errorOf(test.client.getResource('droplet', '401000001'))).code).to.equal('not-found');
  });

  it('asks for one of each kind by id, and for none that has no such request', async () => {
    test = await startTestAccount();
    const [domain] = await test.client.listDomains();
    const [firewall] = await test.client.listFirewalls();
    expect(await test.client.getResource('dns_zone', domain?.provider_id ?? '')).to.deep.equal(domain);
    expect(await test.client.getResource('firewall', firewall?.provider_id ?? '')).to.deep.equal(firewall);
    expect((await errorOf(test.client.getResource('spaces_bucket', 'a'))).code).to.equal('invalid');
  });

  it('escapes what it puts into a path', async () => {
    test = await startTestAccount();
    expect(await test.client.getResource('dns_zone', '../droplets?x=1#y')).to.equal(null);
    expect(test.simulator.requests[0]?.path).to.equal('/v2/domains/..%2Fdroplets%3Fx%3D1%23y');
  });

  it('accepts unknown fields, unknown values, nulls for arrays and missing optional fields', async () => {
    test = await startTestAccount();
    test.simulator.update('droplet', 401000001, {
      status: 'hibernating',
      region: { slug: 'moon1', name: 'Moon 1' },
      brand_new: { deep: [1] },
      features: null,
      networks: null,
      image: null,
      kernel: null,
      disk: null,
    });
    const droplets = await test.client.listDroplets();
    expect(droplets.find(({ provider_id }) => provider_id === '401000001')).to.deep.include({
      status: 'hibernating',
      region: 'moon1',
    });
    test.simulator.update('firewall', 'bb4b2611-3d72-467b-8602-280330ecd65c', {
      inbound_rules: null,
      outbound_rules: null,
      droplet_ids: null,
      tags: null,
    });
    const [firewall] = await test.client.listFirewalls();
    expect(firewall?.attrs).to.deep.equal({
      inbound_rules: [],
      outbound_rules: [],
      droplet_ids: [],
      tags: [],
    });
  });

  it('names the field of an answer that cannot be read', async () => {
    test = await startTestAccount();
    test.simulator.update('droplet', 401000002, { id: null });
    const error = await errorOf(test.client.listDroplets());
    expect(error).to.include({ code: 'malformed', status: 200 });
    expect(error.message).to.contain('droplets.1.id');
  });

  it('refuses an invoice CSV that comes as something else, and gets over one that breaks off', async () => {
    test = await startTestAccount({}, { maxAttempts: 2 });
    const path = `/v2/customers/my/invoices/${april}/csv`;
    test.simulator.faults.inject({ path, times: 1, effect: { kind: 'cut_body', contentLength: true } });
    expect(await test.client.getInvoiceCsv(april)).to.match(/^product,[^]*\$7\.90,,iaas\n$/);
    test.simulator.faults.inject({ path, effect: { kind: 'cloudflare_html', status: 200 } });
    const error = await errorOf(test.client.getInvoiceCsv(april));
    expect(error.code).to.equal('malformed');
    expect(error.message).to.contain('expected text/csv');
  });

  it('logs every attempt that failed', async () => {
    const warnings: object[] = [];
    test = await startTestAccount({}, { logger: { warn: (fields) => void warnings.push(fields) } });
    test.simulator.faults.inject({ times: 1, effect: { kind: 'status', status: 503 } });
    await test.client.getBalance();
    expect(warnings).to.deep.equal([
      { path: '/v2/customers/my/balance', attempt: 1, status: 503, code: 'unavailable', wait_ms: 1_250 },
    ]);
  });
});
