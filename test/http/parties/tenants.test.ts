import { expect } from 'chai';
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { allOf } from '../../support/http/all-of.ts';
import { ok, problem, type Json } from '../../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import { serviceToken, tenantToken } from '../../support/http/tokens.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { customerBody } from '../../support/parties/party-bodies.ts';

describe('tenants and their accounts', () => {
  let ledger: TestLedger;
  const tenants = async (query = ''): Promise<Json> => ok(ledger.api.get(`tenants${query}`));
  const ids = async (query = ''): Promise<string[]> =>
    (await tenants(query)).data.map(({ tenant_id }: Json) => tenant_id);
  const account = async (tenant: string, query = '', request = {}): Promise<Json> =>
    (await ok(ledger.api.get(`customers/${tenant}/account${query}`, request))).data;
  const pay = (tenant_id: string, amount_cents: number) => {
    const body = { tenant_id, amount_cents, received_on: '2026-05-09', method: 'transfer', reference: 'r' };
    return ok(ledger.api.post('payments', body), 201);
  };

  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    const second = await subscribed(ledger, 'acme', 'second', { plan_code: 'starter' });
    await subscribed(ledger, 'globex', 'shop');
    await ok(ledger.api.put('customers/acme', customerBody));
    await ok(ledger.api.put('customers/umbrella', { ...customerBody, legal_name: 'Umbrella Pty' }));
    await rollup(ledger);
    await ok(ledger.api.post(`deployments/${second}/transition`, { to: 'paused' }));
    await pay('acme', 1_000);
    await pay('globex', 6_000);
    ledger.clock.set('2026-06-10T08:00:00.000Z');
  });
  after(() => ledger.close());

  it('are all that the ledger knows, with and without a profile', async () => {
    const { data, as_of, currency, next_cursor } = await tenants();
    expect([as_of, currency, next_cursor]).to.deep.equal(['2026-06-10', 'AUD', null]);
    expect(data.map(({ account: _account, ...row }: Json) => ({ ...row }))).to.deep.equal([
      {
        tenant_id: 'acme',
        has_profile: true,
        legal_name: customerBody.legal_name,
        trading_name: customerBody.trading_name,
        erased_at: null,
        deployments: { active: 1, paused: 1 },
      },
      {
        tenant_id: 'globex',
        has_profile: false,
        legal_name: null,
        trading_name: null,
        erased_at: null,
        deployments: { active: 1 },
      },
      {
        tenant_id: 'umbrella',
        has_profile: true,
        legal_name: 'Umbrella Pty',
        trading_name: customerBody.trading_name,
        erased_at: null,
        deployments: {},
      },
    ]);
    expect((await allOf(ledger, 'tenants?limit=1')).map(({ tenant_id }: Json) => tenant_id)).to.deep.equal(
      await ids(),
    );
  });

  it('have the account that the receivables and the invoices show', async () => {
    const { data } = await tenants();
    const receivables = await ok(ledger.api.get('receivables'));
    const rows = new Map(receivables.data.map(({ tenant_id, ...row }: Json) => [tenant_id, row]));
    for (const { tenant_id, account: shown } of data) {
      const { as_of, currency, ...single } = await account(tenant_id);
      expect([as_of, currency]).to.deep.equal(['2026-06-10', 'AUD']);
      expect(single).to.deep.equal({ tenant_id, ...shown });
      if (tenant_id !== 'umbrella') expect(shown).to.deep.equal(rows.get(tenant_id));
    }
    const { open_cents } = (await ok(ledger.api.get(`invoices/${invoiceId('acme', '2026-04-01')}`))).data;
    expect(await account('acme')).to.deep.include({ total_cents: open_cents, days_1_30_cents: open_cents });
    expect(await account('globex')).to.deep.include({ total_cents: 0, balance_cents: 500 });
    expect(await account('umbrella')).to.deep.include({ total_cents: 0, balance_cents: 0 });
    expect(await account('acme', '?as_of=2026-05-08')).to.deep.include({ total_cents: 0 });
  });

  it('are found by a part of the id or of a name, and by whether they have a profile', async () => {
    expect(await ids('?search=GLOB')).to.deep.equal(['globex']);
    expect(await ids('?search=umbrella%20p')).to.deep.equal(['umbrella']);
    expect(await ids('?search=none')).to.deep.equal([]);
    expect(await ids('?has_profile=false')).to.deep.equal(['globex']);
    expect(await ids('?has_profile=true&search=umb')).to.deep.equal(['umbrella']);
    const first = await tenants('?has_profile=true&limit=1');
    const rest = await tenants(`?has_profile=true&limit=1&cursor=${first.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ tenant_id }: Json) => tenant_id)).to.deep.equal([
      'acme',
      'umbrella',
    ]);
    expect(rest.next_cursor).to.equal(null);
  });

  it('are for an admin to list, and the account for its own tenant to see', async () => {
    const token = tenantToken('globex');
    await problem(ledger.api.get('tenants', { token }), 403);
    await problem(ledger.api.get('tenants', { token: serviceToken() }), 403);
    expect(await account('globex', '', { token })).to.deep.include({ balance_cents: 500 });
    await problem(ledger.api.get('customers/acme/account', { token }), 404);
    await problem(ledger.api.get('customers/nope/account'), 404);
    await problem(ledger.api.get('customers/acme/account?as_of=tomorrow'), 422, 'as_of');
  });

  it('say what an erasure would destroy and keep, and what it destroyed', async () => {
    const toErase = async (tenant: string): Promise<Json> =>
      (await ok(ledger.api.get(`customers/${tenant}/erase`))).data;
    expect(await toErase('globex')).to.deep.equal({
      tenant_id: 'globex',
      keys: 1,
      documents: { count: 0, retain_until: null, to_freeze: 1 },
    });
    expect((await toErase('umbrella')).keys).to.equal(1);
    const { data } = await ok(ledger.api.post('customers/umbrella/erase', { confirm: 'umbrella' }));
    expect(data.key_ids).to.have.length(1);
    await ledger.settled();
    expect((await toErase('umbrella')).keys).to.equal(0);
    const [umbrella] = (await tenants('?search=umbrella')).data;
    expect(umbrella).to.include({ legal_name: 'erased', has_profile: true });
    expect(umbrella.erased_at).to.be.a('string');
    await problem(ledger.api.get('customers/nope/erase'), 404);
    await problem(ledger.api.get('customers/acme/erase', { token: tenantToken('acme') }), 403);
  });
});
