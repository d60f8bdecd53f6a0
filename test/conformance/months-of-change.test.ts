import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

/** A line as this file reckons with it: what it is, for how many days of the month, and its cents. */
type Figure = [kind: string, what: string | null, days: number | null, cents: number];

const figureOf = ({ kind, meta, resource_kind, amount_cents }: Json): Figure => [
  kind,
  meta.plan_code === undefined || kind !== 'plan_base'
    ? (meta.addon_code ?? resource_kind)
    : `${meta.plan_code}@${meta.plan_version}`,
  meta.days ?? null,
  amount_cents,
];

/**
 * Months in which subscriptions change, played over HTTP day by day; each figure is worked out by hand from
 * the specification.
 */
describe('months of change', () => {
  let ledger: TestLedger;
  const today = (day: string) => {
    ledger.clock.set(`${day}T09:00:00.000Z`);
  };
  const post = (id: string, what: string, body: Json = {}, status = 200) =>
    ok(ledger.api.post(`deployments/${id}/${what}`, body), status);
  const go = async (day: string, id: string, to: string) => {
    today(day);
    await post(id, 'transition', { to });
  };
  /** The lines of a tenant's month, without tax, as figures. */
  const billed = async (tenant: string, period: string): Promise<Figure[]> => {
    const end = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)), 1))
      .toISOString()
      .slice(0, 10);
    if (ledger.clock.now().slice(0, 10) < end) today(end);
    const { invoices } = await rollup(ledger, { period, tenant_id: tenant });
    if (invoices.length === 0) return [];
    const { data } = await ok(ledger.api.get(`invoices/${invoiceId(tenant, `${period}-01`)}`));
    expect(data.lines.reduce((sum: number, line: Json) => sum + line.amount_cents, 0)).to.equal(
      data.total_cents,
    );
    return data.lines.filter(({ kind }: Json) => kind !== 'tax').map(figureOf);
  };
  beforeEach(async () => {
    ledger = await seededLedger({ now: '2028-01-01T00:00:00.000Z' });
  });
  afterEach(() => ledger.close());

  it('a version published in mid-month leaves its subscribers where they are until they move', async () => {
    const [stays, moves] = [
      await subscribed(ledger, 'stays', 's', { starts_on: '2028-01-01' }),
      await subscribed(ledger, 'moves', 's', { starts_on: '2028-01-01' }),
    ];
    today('2028-01-10');
    await ok(
      ledger.api.post('catalog/plans/studio/versions', {
        base_price_cents: 6000,
        items: [
          {
            resource_kind: 'droplet_hours',
            included_qty: 10,
            overage_unit: 'hour',
            overage_price_cents: 100,
          },
        ],
      }),
      201,
    );
    await ok(ledger.api.post('catalog/plans/studio/versions/2/publish'));
    today('2028-01-12');
    const joins = await subscribed(ledger, 'joins', 's', { starts_on: '2028-01-12' });
    today('2028-01-20');
    await post(moves, 'change-plan', { plan_code: 'studio' });
    for (const [tenant, id] of [
      ['stays', stays],
      ['moves', moves],
      ['joins', joins],
    ] as const) {
      await meter(ledger, tenant, id, '2028-01-05', [{ resource_kind: 'droplet_hours', qty: '980' }]);
      await meter(ledger, tenant, id, '2028-01-25', [{ resource_kind: 'droplet_hours', qty: '20' }]);
    }
    expect(await billed('stays', '2028-01')).to.deep.equal([['plan_base', 'studio@1', 31, 5000]]);
    // 5000 × 19/31 = 3064.5…, and both come to 5387.1…; allowed are 1488 × 19/31 + 10 × 12/31 = 915.87…
    // hours.
    expect(await billed('moves', '2028-01')).to.deep.equal([
      ['plan_base', 'studio@1', 19, 3065],
      ['plan_base', 'studio@2', 12, 2322],
      ['overage', 'droplet_hours', null, 8413],
    ]);
    // 10 × 20/31 = 6.45… of the 20 hours since the start; those of the fifth are before it.
    expect(await billed('joins', '2028-01')).to.deep.equal([
      ['plan_base', 'studio@2', 20, 3871],
      ['overage', 'droplet_hours', null, 1355],
    ]);
  });

  it('of two changes on one day only the last counts, and going back is a line of its own', async () => {
    const id = await subscribed(ledger, 'acme', 's', { plan_code: 'starter', starts_on: '2028-01-01' });
    today('2028-01-11');
    for (const plan_code of ['studio', 'pro']) await post(id, 'change-plan', { plan_code });
    today('2028-01-21');
    await post(id, 'change-plan', { plan_code: 'starter' });
    expect(await billed('acme', '2028-01')).to.deep.equal([
      ['plan_base', 'starter@1', 10, 645],
      ['plan_base', 'pro@1', 10, 3871],
      ['plan_base', 'starter@1', 11, 710],
    ]);
  });

  it('what started and was cancelled on one day was never in force', async () => {
    const id = await subscribed(ledger, 'acme', 's', { starts_on: '2028-01-01' });
    await go('2028-01-01', id, 'cancelled');
    expect(await billed('acme', '2028-01')).to.deep.equal([]);
  });

  it('a cancellation on the first day leaves nothing, on the last day all but that day', async () => {
    const [first, last] = [
      await subscribed(ledger, 'first', 's', { starts_on: '2028-01-01' }),
      await subscribed(ledger, 'last', 's', { starts_on: '2028-01-01' }),
    ];
    await go('2028-01-31', last, 'cancelled');
    await go('2028-02-01', first, 'cancelled');
    expect(await billed('first', '2028-01')).to.deep.equal([['plan_base', 'studio@1', 31, 5000]]);
    expect(await billed('last', '2028-01')).to.deep.equal([['plan_base', 'studio@1', 30, 4839]]);
    for (const tenant of ['first', 'last']) expect(await billed(tenant, '2028-02'), tenant).to.deep.equal([]);
  });

  it('pauses across month ends cost nothing, and a month wholly paused has no invoice', async () => {
    const id = await subscribed(ledger, 'acme', 's', { addons: ['storage_50gb'], starts_on: '2028-01-01' });
    await go('2028-01-16', id, 'paused');
    await go('2028-03-02', id, 'active');
    await go('2028-03-05', id, 'paused');
    await go('2028-03-05', id, 'active');
    expect(await billed('acme', '2028-01')).to.deep.equal([
      ['plan_base', 'studio@1', 15, 2419],
      ['addon', 'storage_50gb', 15, 363],
    ]);
    expect(await billed('acme', '2028-02')).to.deep.equal([]);
    expect(await billed('acme', '2028-03')).to.deep.equal([
      ['plan_base', 'studio@1', 30, 4839],
      ['addon', 'storage_50gb', 30, 726],
    ]);
  });

  it('past due and suspended are billed, a trial only from its activation', async () => {
    const owing = await subscribed(ledger, 'owing', 's', { starts_on: '2028-01-01' });
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'trying', slug: 's', display_name: 'S', state: 'trial' }),
      201,
    );
    await post(data.id, 'subscribe', { plan_code: 'studio', addons: ['storage_50gb'] }, 201);
    await go('2028-01-10', owing, 'past_due');
    await go('2028-01-20', owing, 'suspended');
    await go('2028-01-22', data.id, 'active');
    expect(await billed('owing', '2028-01')).to.deep.equal([['plan_base', 'studio@1', 31, 5000]]);
    expect(await billed('trying', '2028-01')).to.deep.equal([
      ['plan_base', 'studio@1', 10, 1613],
      ['addon', 'storage_50gb', 10, 242],
    ]);
  });

  it('starts on the 31st, on a leap day, and reaches back over months when an admin says so', async () => {
    today('2028-03-15');
    await subscribed(ledger, 'last', 's', { starts_on: '2028-01-31' });
    await subscribed(ledger, 'leap', 's', { starts_on: '2028-02-29' });
    expect([
      await billed('last', '2028-01'),
      await billed('last', '2028-02'),
      await billed('last', '2028-03'),
    ]).to.deep.equal([
      [['plan_base', 'studio@1', 1, 161]],
      [['plan_base', 'studio@1', 29, 5000]],
      [['plan_base', 'studio@1', 31, 5000]],
    ]);
    expect([await billed('leap', '2028-01'), await billed('leap', '2028-02')]).to.deep.equal([
      [],
      [['plan_base', 'studio@1', 1, 172]],
    ]);
  });

  it('addons keep the terms of their attachment by pack, and the day of detachment is free', async () => {
    const id = await subscribed(ledger, 'acme', 's', {
      addons: ['storage_50gb', 'storage_50gb'],
      starts_on: '2028-01-01',
    });
    today('2028-01-08');
    await post(id, 'addons', { code: 'storage_250gb' }, 201);
    await ok(ledger.api.delete(`deployments/${id}/addons/storage_250gb`));
    await ok(
      ledger.api.post('catalog/addons', {
        code: 'storage_50gb',
        name: 'Storage',
        resource_kind: 'spaces_gb_month',
        qty: 60,
        price_cents: 1000,
      }),
      201,
    );
    await post(id, 'addons', { code: 'storage_50gb', qty: 3 }, 201);
    await meter(ledger, 'acme', id, '2028-01-31', [{ resource_kind: 'spaces_gb_month', qty: '400.25' }]);
    // 100 + 2 × 50 + 3 × 60 × 24/31 are allowed: 60.895… GB at 2 cents.
    expect(await billed('acme', '2028-01')).to.deep.equal([
      ['plan_base', 'studio@1', 31, 5000],
      ['addon', 'storage_50gb', 31, 1500],
      ['addon', 'storage_50gb', 24, 2323],
      ['overage', 'spaces_gb_month', null, 122],
    ]);
    today('2028-02-29');
    await ok(ledger.api.delete(`deployments/${id}/addons/storage_50gb`));
    await meter(ledger, 'acme', id, '2028-02-01', [{ resource_kind: 'spaces_gb_month', qty: '372' }]);
    // Detached on the last day: 28 of 29 days are charged, and allowed are 100 + (2 × 50 + 3 × 60) × 28/29 =
    // 370.34…
    expect(await billed('acme', '2028-02')).to.deep.equal([
      ['plan_base', 'studio@1', 29, 5000],
      ['addon', 'storage_50gb', 28, 1448],
      ['addon', 'storage_50gb', 28, 2897],
      ['overage', 'spaces_gb_month', null, 3],
    ]);
  });

  it('allowances go by the days in force, also when a subscription ends within the month', async () => {
    const id = await subscribed(ledger, 'acme', 's', { plan_code: 'starter', starts_on: '2028-01-01' });
    today('2028-01-10');
    await post(id, 'change-plan', { plan_code: 'studio' });
    await go('2028-01-20', id, 'cancelled');
    await meter(ledger, 'acme', id, '2028-01-05', [
      { resource_kind: 'dns_zones', qty: '10.5' },
      { resource_kind: 'llm_tokens', qty: '1000500' },
    ]);
    expect(await billed('acme', '2028-01')).to.deep.equal([
      ['plan_base', 'starter@1', 9, 581],
      ['plan_base', 'studio@1', 10, 1613],
      ['overage', 'dns_zones', null, 320],
      ['overage', 'llm_tokens', null, 678],
    ]);
  });

  it('a cap bounds the overage; a kind outside the plan costs the price of the last day', async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'capped', name: 'Capped' }), 201);
    await ok(
      ledger.api.post('catalog/plans/capped/versions', {
        base_price_cents: 0,
        items: [
          {
            resource_kind: 'droplet_hours',
            included_qty: '10.5',
            overage_unit: 'hour',
            overage_price_cents: 3,
            hard_cap_qty: '4.25',
          },
          {
            resource_kind: 'dns_zones',
            included_qty: 0,
            overage_unit: 'zone',
            overage_price_cents: 7,
            hard_cap_qty: 0,
          },
        ],
      }),
      201,
    );
    await ok(ledger.api.post('catalog/plans/capped/versions/1/publish'));
    for (const [price_cents, effective_from] of [
      [1, '2028-01-01'],
      [11, '2028-01-31'],
      [99, '2028-02-01'],
    ]) {
      await ok(
        ledger.api.post('catalog/resource-prices', {
          resource_kind: 'backup_gb_month',
          unit: 'gb',
          price_cents,
          effective_from,
        }),
        201,
      );
    }
    const id = await subscribed(ledger, 'acme', 's', { plan_code: 'capped', starts_on: '2028-01-01' });
    await meter(ledger, 'acme', id, '2028-01-01', [
      { resource_kind: 'droplet_hours', qty: '100' },
      { resource_kind: 'dns_zones', qty: '5' },
      { resource_kind: 'backup_gb_month', qty: '2.5' },
      { resource_kind: 'snapshot_gb_month', qty: '3' },
    ]);
    expect(await billed('acme', '2028-01')).to.deep.equal([
      ['plan_base', 'capped@1', 31, 0],
      ['overage', 'droplet_hours', null, 13],
      ['overage', 'backup_gb_month', null, 28],
    ]);
    const { data } = await ok(ledger.api.get(`invoices/${invoiceId('acme', '2028-01-01')}`));
    expect(data.unpriced).to.deep.equal([
      { deployment_id: id, resource_kind: 'snapshot_gb_month', qty: '3' },
    ]);
    const { data: quoted } = await ok(
      ledger.api.post('quote', {
        plan_code: 'capped',
        starts_on: '2028-01-01',
        projected_usage: { droplet_hours: 100, dns_zones: '5', backup_gb_month: '2.5', snapshot_gb_month: 3 },
      }),
    );
    expect([quoted.overage.total_cents, quoted.unpriced]).to.deep.equal([41, ['snapshot_gb_month']]);
  });
});
