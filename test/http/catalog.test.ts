import { expect } from 'chai';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

const item = {
  resource_kind: 'droplet_hours',
  included_qty: '100',
  overage_unit: 'hour',
  overage_price_cents: 1,
};

describe('catalog over HTTP', () => {
  let test: TestLedger;
  const asTenant = { token: tenantToken('acme') };
  before(async () => {
    test = await startTestLedger();
    await seedCatalog(test.ledger, () => test.meta());
    await test.settled();
  });
  after(() => test.close());

  it('is seeded with the table of the specification, once', async () => {
    const events = await test.eventCount();
    expect(await seedCatalog(test.ledger, () => test.meta())).to.equal(0);
    expect(await test.eventCount()).to.equal(events);
    const { data } = await ok(test.api.get('catalog/plans', asTenant));
    type Item = {
      resource_kind: string;
      included_qty: string;
      overage_price_cents: number;
      overage_unit: string;
    };
    const table = data.map(
      (plan: { code: string; base_price_cents: number; currency: string; items: Item[] }) => [
        plan.code,
        plan.base_price_cents,
        plan.currency,
        ...plan.items.map(
          (row) => `${row.resource_kind} ${row.included_qty} @${row.overage_price_cents}/${row.overage_unit}`,
        ),
      ],
    );
    expect(table).to.deep.equal([
      [
        'pro',
        12000,
        'AUD',
        'droplet_hours 3720 @1/hour',
        'spaces_gb_month 500 @2/gb',
        'snapshot_gb_month 200 @6/gb',
        'bandwidth_gb 6000 @1/gb',
        'dns_zones 50 @50/zone',
        'llm_tokens 5000000 @1/1k_tokens',
      ],
      [
        'starter',
        2000,
        'AUD',
        'droplet_hours 744 @1/hour',
        'spaces_gb_month 25 @2/gb',
        'snapshot_gb_month 20 @6/gb',
        'bandwidth_gb 500 @1/gb',
        'dns_zones 3 @50/zone',
      ],
      [
        'studio',
        5000,
        'AUD',
        'droplet_hours 1488 @1/hour',
        'spaces_gb_month 100 @2/gb',
        'snapshot_gb_month 50 @6/gb',
        'bandwidth_gb 2000 @1/gb',
        'dns_zones 10 @50/zone',
        'llm_tokens 1000000 @1/1k_tokens',
      ],
    ]);
    expect((await ok(test.api.get('catalog/addons', asTenant))).data).to.deep.equal([
      {
        code: 'llm_1m_tokens',
        name: 'LLM 1M tokens',
        resource_kind: 'llm_tokens',
        qty: '1000000',
        price_cents: 800,
      },
      {
        code: 'storage_250gb',
        name: 'Storage 250 GB',
        resource_kind: 'spaces_gb_month',
        qty: '250',
        price_cents: 3000,
      },
      {
        code: 'storage_50gb',
        name: 'Storage 50 GB',
        resource_kind: 'spaces_gb_month',
        qty: '50',
        price_cents: 750,
      },
    ]);
  });

  it('pages plans by code', async () => {
    const first = await ok(test.api.get('catalog/plans?limit=2', asTenant));
    expect(first.data.map((plan: { code: string }) => plan.code)).to.deep.equal(['pro', 'starter']);
    const second = await ok(test.api.get(`catalog/plans?limit=2&cursor=${first.next_cursor}`, asTenant));
    expect(second.data.map((plan: { code: string }) => plan.code)).to.deep.equal(['studio']);
    expect(second.next_cursor).to.equal(null);
  });

  it('retires the active version when another is published; publishing again changes nothing', async () => {
    await ok(test.api.post('catalog/plans', { code: 'team', name: 'Team' }), 201);
    const draft = await ok(
      test.api.post('catalog/plans/team/versions', {
        base_price_cents: 900,
        items: [{ ...item, included_qty: 100 }],
      }),
      201,
    );
    expect(draft.data).to.deep.equal({
      plan_code: 'team',
      version: 1,
      status: 'draft',
      base_price_cents: 900,
      currency: 'AUD',
      items: [{ ...item, hard_cap_qty: null }],
    });
    expect((await ok(test.api.post('catalog/plans/team/versions/1/publish'))).data.status).to.equal('active');
    await ok(test.api.post('catalog/plans/team/versions', { base_price_cents: 1000, items: [item] }), 201);
    await ok(test.api.post('catalog/plans/team/versions/2/publish'));
    const events = await test.eventCount();
    await ok(test.api.post('catalog/plans/team/versions/2/publish'));
    expect(await test.eventCount()).to.equal(events);
    await problem(test.api.post('catalog/plans/team/versions/1/publish'), 409);
    await problem(test.api.post('catalog/plans/team/versions/3/publish'), 404);
    const { data } = await ok(test.api.get('catalog/plans/team'));
    expect(data.active_version).to.equal(2);
    expect(
      data.versions.map((row: { version: number; status: string }) => [row.version, row.status]),
    ).to.deep.equal([
      [1, 'retired'],
      [2, 'active'],
    ]);
    expect(data.versions[0].retired_at).to.equal(data.versions[1].published_at);
  });

  it('shows a tenant active versions and those that it holds; drafts to admins only', async () => {
    await ok(test.api.post('catalog/plans', { code: 'hidden', name: 'Hidden' }), 201);
    await ok(test.api.post('catalog/plans/hidden/versions', { base_price_cents: 1, items: [] }), 201);
    const codes = async () =>
      (await ok(test.api.get('catalog/plans', asTenant))).data.map((plan: { code: string }) => plan.code);
    expect(await codes()).not.to.include('hidden');
    await problem(test.api.get('catalog/plans/hidden', asTenant), 404);
    expect(
      (await ok(test.api.get('catalog/plans'))).data.find((plan: { code: string }) => plan.code === 'hidden'),
    ).to.include({ active_version: null, base_price_cents: null });

    const { data: deployment } = await ok(
      test.api.post('deployments', { slug: 'holder', display_name: 'Holder' }, asTenant),
      201,
    );
    await ok(test.api.post(`deployments/${deployment.id}/subscribe`, { plan_code: 'team', version: 1 }), 201);
    const seen = (await ok(test.api.get('catalog/plans/team', asTenant))).data.versions;
    expect(seen.map((row: { version: number }) => row.version)).to.deep.equal([1, 2]);
    const others = (await ok(test.api.get('catalog/plans/team', { token: tenantToken('other') }))).data
      .versions;
    expect(others.map((row: { version: number }) => row.version)).to.deep.equal([2]);
  });

  it('refuses an invalid plan version, naming each field at fault', async () => {
    const draft = (body: unknown) => test.api.post('catalog/plans/starter/versions', body);
    await problem(
      draft({ base_price_cents: 1, items: [item, { ...item, resource_kind: 'x', overage_unit: 'minute' }] }),
      422,
      'items.1.overage_unit',
    );
    await problem(draft({ base_price_cents: 1, items: [item, item] }), 422, 'items.1.resource_kind');
    await problem(draft({ base_price_cents: 1.5, items: [] }), 422, 'base_price_cents');
    await problem(draft({ base_price_cents: -1, items: [] }), 422, 'base_price_cents');
    await problem(
      draft({ base_price_cents: 1, items: [{ ...item, included_qty: 0.1 + 0.2 }] }),
      422,
      'items.0.included_qty',
    );
    await problem(
      draft({ base_price_cents: 1, items: [{ ...item, included_qty: '1e3' }] }),
      422,
      'items.0.included_qty',
    );
    await problem(draft({ base_price_cents: 1, items: [{ ...item, colour: 'red' }] }), 422, 'items.0.colour');
    expect(
      (await problem(draft({ base_price_cents: 1, currency: 'USD', items: [] }), 422, 'currency')).type,
    ).to.contain('currency-mismatch');
    await problem(test.api.post('catalog/plans/nope/versions', { base_price_cents: 1, items: [] }), 404);
    await problem(test.api.post('catalog/plans', { code: 'starter', name: 'Again' }), 409);
  });

  it('is changed by admins only', async () => {
    for (const request of [asTenant, { token: serviceToken() }]) {
      await problem(test.api.post('catalog/plans', { code: 'x', name: 'X' }, request), 403);
      await problem(
        test.api.post('catalog/plans/starter/versions', { base_price_cents: 1, items: [] }, request),
        403,
      );
      await problem(test.api.post('catalog/plans/starter/versions/1/publish', {}, request), 403);
      await problem(
        test.api.post(
          'catalog/addons',
          { code: 'x', name: 'X', resource_kind: 'k', qty: '1', price_cents: 1 },
          request,
        ),
        403,
      );
      await problem(
        test.api.post('catalog/resource-prices', { resource_kind: 'k', unit: 'gb', price_cents: 1 }, request),
        403,
      );
    }
  });

  it('redefines an addon, and the same terms again add nothing', async () => {
    const terms = {
      code: 'zones_10',
      name: 'Ten zones',
      resource_kind: 'dns_zones',
      qty: '10.0',
      price_cents: 400,
    };
    expect((await ok(test.api.post('catalog/addons', terms), 201)).data.qty).to.equal('10');
    const events = await test.eventCount();
    await ok(test.api.post('catalog/addons', { ...terms, qty: 10 }), 201);
    expect(await test.eventCount()).to.equal(events);
    await ok(test.api.post('catalog/addons', { ...terms, price_cents: 500 }), 201);
    expect(
      (await ok(test.api.get('catalog/addons', asTenant))).data.find(
        (addon: { code: string }) => addon.code === 'zones_10',
      ).price_cents,
    ).to.equal(500);
  });

  it('sets resource prices from a day on, today by default', async () => {
    const set = (body: unknown) => test.api.post('catalog/resource-prices', body);
    expect(
      (await ok(set({ resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 5 }), 201)).data
        .effective_from,
    ).to.equal('2026-05-09');
    await ok(
      set({ resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 6, effective_from: '2026-06-01' }),
      201,
    );
    const events = await test.eventCount();
    await ok(
      set({ resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 6, effective_from: '2026-06-01' }),
      201,
    );
    expect(await test.eventCount()).to.equal(events);
    await problem(set({ resource_kind: 'backup_gb_month', unit: 'byte', price_cents: 6 }), 422, 'unit');
    const first = await ok(test.api.get('catalog/resource-prices?limit=1', asTenant));
    const rest = await ok(test.api.get(`catalog/resource-prices?cursor=${first.next_cursor}`, asTenant));
    expect(
      [...first.data, ...rest.data].map((price: { price_cents: number; effective_from: string }) => [
        price.price_cents,
        price.effective_from,
      ]),
    ).to.deep.equal([
      [5, '2026-05-09'],
      [6, '2026-06-01'],
    ]);
  });
});
