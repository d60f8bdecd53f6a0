import { expect } from 'chai';
import { seededLedger } from '../support/http/invoices-month.ts';
import { problem, type ApiAnswer, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { busyMonth } from '../support/read-models/busy-month.ts';

describe('requests that cannot be carried out', () => {
  let ledger: TestLedger;
  let ids: { pilot: string; other: string };
  let resource: string;
  let invoice: string;
  let events: number;

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, finance: true });
    ids = await busyMonth(ledger);
    resource = (await ledger.api.get(`inventory?deployment_id=${ids.pilot}`)).body.data[0].id;
    invoice = (await ledger.api.get('invoices?period=2026-04')).body.data.find(
      (one: Json) => one.tenant_id === 'pilot',
    ).id;
    events = await ledger.eventCount();
  });
  after(() => ledger.close());
  afterEach(async () => {
    expect(await ledger.eventCount(), 'events').to.equal(events);
  });

  const post = (path: string, body: unknown) => ledger.api.post(path, body);
  const version = (more: Json) => ({ base_price_cents: 100, items: [], ...more });
  const item = (more: Json) =>
    version({
      items: [
        {
          resource_kind: 'droplet_hours',
          included_qty: '1',
          overage_unit: 'hour',
          overage_price_cents: 1,
          ...more,
        },
      ],
    });

  const cases: readonly [string, () => Promise<ApiAnswer>, string][] = [
    [
      'a price with a fraction',
      () => post('catalog/plans/pro/versions', version({ base_price_cents: 19.5 })),
      'base_price_cents',
    ],
    [
      'a price beyond the safe integers',
      () => post('catalog/plans/pro/versions', version({ base_price_cents: 2 ** 53 })),
      'base_price_cents',
    ],
    [
      'a price as text',
      () =>
        post('catalog/addons', {
          code: 'x',
          name: 'X',
          resource_kind: 'droplet_hours',
          qty: '1',
          price_cents: '5',
        }),
      'price_cents',
    ],
    [
      'an overage price with a fraction',
      () => post('catalog/plans/pro/versions', item({ overage_price_cents: 0.1 })),
      'items.0.overage_price_cents',
    ],
    [
      'a quantity in exponent form',
      () => post('catalog/plans/pro/versions', item({ included_qty: '1e3' })),
      'items.0.included_qty',
    ],
    [
      'an unknown unit',
      () => post('catalog/plans/pro/versions', item({ overage_unit: 'furlong' })),
      'items.0.overage_unit',
    ],
    [
      'a date that does not exist',
      () =>
        post('catalog/resource-prices', {
          resource_kind: 'volume_gb',
          unit: 'gb',
          price_cents: 1,
          effective_from: '2026-02-30',
        }),
      'effective_from',
    ],
    [
      'a date beyond 2100',
      () => post('fx-rates', { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2101-01-01' }),
      'effective_from',
    ],
    [
      'a rate of zero digits',
      () => post('fx-rates', { from: 'USD', to: 'AUD', rate: '', effective_from: '2026-01-01' }),
      'rate',
    ],
    [
      'a start that does not exist',
      () => post(`deployments/${ids.other}/subscribe`, { plan_code: 'pro', starts_on: '2026-04-31' }),
      'starts_on',
    ],
    [
      'a tie from a day that does not exist',
      () =>
        post(`deployments/${ids.other}/resources`, { resource_id: resource, effective_from: '2025-02-29' }),
      'effective_from',
    ],
    ['a month that does not exist', () => post('invoices/rollup', { period: '2026-13' }), 'period'],
    ['a malformed day of a job', () => post('jobs/metering.day/run', { day: '2026-4-1' }), 'day'],
    [
      'U+0000 in a name',
      () => post('deployments', { tenant_id: 't', slug: 's', display_name: 'a\u0000b' }),
      'display_name',
    ],
    [
      'a lone surrogate in a name',
      () => post('deployments', '{"tenant_id":"t","slug":"s","display_name":"\\ud800"}'),
      'display_name',
    ],
    ['an unknown field', () => post(`invoices/${invoice}/pay`, { force: true }), 'force'],
    ['a cursor that was tampered with', () => ledger.api.get('inventory?cursor=eyJhIjoxfQ.AAAA'), 'cursor'],
    ['a limit beyond 500', () => ledger.api.get('inventory?limit=501'), 'limit'],
    [
      'a position of another ledger',
      () => ledger.api.get('inventory', { headers: { 'ledger-position': 'elsewhere:1' } }),
      'Ledger-Position',
    ],
  ];
  for (const [what, send, field] of cases)
    it(`${what} is a 422 that names ${field}`, async () => {
      await problem(send(), 422, field);
    });

  it('a cursor is refused by another list, and when one bit of it is changed', async () => {
    const { body } = await ledger.api.get('inventory?limit=1');
    const cursor = body.next_cursor as string;
    expect(cursor).to.be.a('string');
    await problem(
      ledger.api.get(`billing/cost-lines?period=2026-04&limit=1&cursor=${encodeURIComponent(cursor)}`),
      422,
      'cursor',
    );
    const flipped = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1);
    await problem(ledger.api.get(`inventory?limit=1&cursor=${encodeURIComponent(flipped)}`), 422, 'cursor');
  });

  it('a body over 1 MB is a 413, broken JSON a 400', async () => {
    await problem(
      post('deployments', { tenant_id: 't', slug: 's', display_name: 'x'.repeat(1_100_000) }),
      413,
    );
    await problem(post('deployments', '{"tenant_id": "t",'), 400);
    await problem(post('deployments', '"text"'), 422);
  });

  it("another tenant's objects are not found by any route that takes their id", async () => {
    const stranger = { token: tenantToken('stranger') };
    const { api } = ledger;
    const asked: Record<string, Promise<ApiAnswer>> = {
      deployment: api.get(`deployments/${ids.pilot}`, stranger),
      patch: api.patch(`deployments/${ids.pilot}`, { display_name: 'mine' }, stranger),
      transition: api.post(
        `deployments/${ids.pilot}/transition`,
        { to: 'cancelled', reason: null },
        stranger,
      ),
      subscribe: api.post(`deployments/${ids.pilot}/subscribe`, { plan_code: 'pro' }, stranger),
      addons: api.post(`deployments/${ids.pilot}/addons`, { code: 'storage_50gb' }, stranger),
      detach: api.delete(`deployments/${ids.pilot}/addons/storage_50gb`, stranger),
      change: api.post(`deployments/${ids.pilot}/change-plan`, { plan_code: 'pro' }, stranger),
      resource: api.get(`inventory/${resource}`, stranger),
      invoice: api.get(`invoices/${invoice}`, stranger),
    };
    for (const [what, answer] of Object.entries(asked)) {
      const { status, body } = await answer;
      expect([what, status, JSON.stringify(body).includes('pilot')]).to.deep.equal([what, 404, false]);
      const unknown = await ledger.api.get('deployments/00000000-0000-5000-8000-000000000000', stranger);
      expect(Object.keys(body).sort(), 'the answer has the form of one for an unknown id').to.deep.equal(
        Object.keys(unknown.body).sort(),
      );
    }
    for (const list of ['inventory', 'deployments', 'invoices'])
      expect((await api.get(list, stranger)).body.data, list).to.deep.equal([]);
    expect(
      (await api.post('deployments', { tenant_id: 'pilot', slug: 'x', display_name: 'x' }, stranger)).status,
    ).to.equal(403);
  });
});
