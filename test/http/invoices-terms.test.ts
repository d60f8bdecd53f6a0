import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import {
  amounts,
  charge,
  invoiceOf,
  meter,
  meterMonth,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';

const threeDroplets = [1, 2, 3].map((n) => ({
  resource_id: `droplet-${n}`,
  resource_kind: 'droplet_hours',
  qty: '24',
}));
const golden = [
  ['plan_base', 5000],
  ['addon', 750],
  ['overage', 672],
  ['tax', 642],
];

/** Rules of money that are easy to get wrong. */
describe('what a month is billed at', () => {
  let ledger: TestLedger;
  let count = 0;
  before(async () => {
    ledger = await seededLedger();
  });
  after(() => ledger.close());

  /** A tenant of its own, on studio with storage_50gb and three droplets all April. */
  const pilot = async (usage = threeDroplets) => {
    const tenant = `tenant-${++count}`;
    const deployment = await subscribed(ledger, tenant, 'site', { addons: ['storage_50gb'] });
    await meterMonth(ledger, tenant, deployment, '2026-04-01', usage);
    return { tenant, deployment };
  };
  const billed = async (tenant: string, body: object = {}) => {
    await ledger.settled();
    await rollup(ledger, { tenant_id: tenant, ...body });
    return invoiceOf(ledger, invoiceId(tenant, '2026-04-01'));
  };

  it("is decided by the month's own terms, not by the present ones", async () => {
    const [changed, detached, cancelled, paused] = [
      await pilot(),
      await pilot(),
      await pilot(),
      await pilot(),
    ];
    await ok(ledger.api.post(`deployments/${changed.deployment}/change-plan`, { plan_code: 'pro' }));
    await ok(ledger.api.delete(`deployments/${detached.deployment}/addons/storage_50gb`));
    await ok(ledger.api.post(`deployments/${cancelled.deployment}/transition`, { to: 'cancelled' }));
    await ok(ledger.api.post(`deployments/${cancelled.deployment}/transition`, { to: 'archived' }));
    await ok(ledger.api.post(`deployments/${paused.deployment}/transition`, { to: 'paused' }));
    for (const { tenant } of [changed, detached, cancelled, paused])
      expect(amounts(await billed(tenant)), tenant).to.deep.equal(golden);
  });

  it('counts a day once, also after several corrections', async () => {
    const { tenant, deployment } = await pilot();
    for (const set of [2, 3, 4])
      await meter(
        ledger,
        tenant,
        deployment,
        '2026-04-10',
        set === 4 ? threeDroplets : threeDroplets.slice(0, 1),
        set,
      );
    expect(amounts(await billed(tenant))).to.deep.equal(golden);
    const less = await pilot();
    for (const set of [2, 3]) await meter(ledger, less.tenant, less.deployment, '2026-04-10', [], set);
    expect(amounts(await billed(less.tenant))[2]).to.deep.equal(['overage', 600]);
  });

  it("counts only usage of the month's own days", async () => {
    const { tenant, deployment } = await pilot();
    await meter(ledger, tenant, deployment, '2026-03-31', threeDroplets);
    await meter(ledger, tenant, deployment, '2026-05-01', threeDroplets);
    expect(amounts(await billed(tenant))).to.deep.equal(golden);
  });

  it('sums LLM charges without a subscription exactly, and rounds them once', async () => {
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'llm-only', slug: 'bot', display_name: 'Bot' }),
      201,
    );
    for (const [n, cents] of ['0.2', '0.2', '0.1'].entries())
      await charge(ledger, 'llm-only', data.id, `llm-${n}`, cents, '2026-04-30T23:59:59.999Z');
    await charge(ledger, 'llm-only', data.id, 'llm-may', '100', '2026-05-01T00:00:00.000Z');
    const invoice = await billed('llm-only');
    expect(amounts(invoice)).to.deep.equal([
      ['llm_usage', 1],
      ['tax', 0],
    ]);
    expect(invoice.lines[0]).to.include({ deployment_id: data.id, qty: '0.5', unit_price_cents: 1 });
  });

  it("prorates from the first day, as the quote's first invoice says", async () => {
    await subscribed(ledger, 'prorated', 'site', {
      plan_code: 'pro',
      addons: ['storage_250gb'],
      starts_on: '2026-04-20',
    });
    const { data } = await ok(
      ledger.api.post('quote', {
        plan_code: 'pro',
        addons: ['storage_250gb'],
        projected_usage: {},
        starts_on: '2026-04-20',
      }),
    );
    expect((await billed('prorated')).subtotal_cents).to.equal(data.first_invoice.total_cents);
  });

  it('leaves out trials, later starts, and tenants with nothing in force', async () => {
    const { data } = await ok(
      ledger.api.post('deployments', {
        tenant_id: 'trying',
        slug: 'site',
        display_name: 'Site',
        state: 'trial',
      }),
      201,
    );
    await ok(
      ledger.api.post(`deployments/${data.id}/subscribe`, {
        plan_code: 'pro',
        addons: [],
        starts_on: '2026-04-01',
      }),
      201,
    );
    await subscribed(ledger, 'later', 'site', { plan_code: 'pro', starts_on: '2026-05-01' });
    for (const tenant_id of ['trying', 'later', 'unknown'])
      expect((await rollup(ledger, { tenant_id })).invoices, tenant_id).to.deep.equal([]);
  });

  it('bills each deployment of a tenant on one invoice, taxed once', async () => {
    await subscribed(ledger, 'many', 'a', { plan_code: 'starter' });
    await subscribed(ledger, 'many', 'b', { plan_code: 'starter', starts_on: '2026-04-30' });
    // 2000 and 67 of 2000; 206.7 of tax.
    expect(
      (await billed('many')).lines
        .map((line: { amount_cents: number }) => line.amount_cents)
        .sort((a: number, b: number) => a - b),
    ).to.deep.equal([67, 207, 2000]);
  });

  // The last test of this file, because it changes the catalog.
  it('is not changed by later prices of the catalog', async () => {
    const { tenant, deployment } = await pilot([
      ...threeDroplets,
      { resource_id: 'b-1', resource_kind: 'backup_gb_month', qty: '1' },
    ]);
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'backup_gb_month',
        unit: 'gb',
        price_cents: 5,
        effective_from: '2026-04-30',
      }),
      201,
    );
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'backup_gb_month',
        unit: 'gb',
        price_cents: 500,
        effective_from: '2026-05-01',
      }),
      201,
    );
    await ok(ledger.api.post('catalog/plans/studio/versions', { base_price_cents: 99999, items: [] }), 201);
    await ok(ledger.api.post('catalog/plans/studio/versions/2/publish'));
    await ok(
      ledger.api.post('catalog/addons', {
        code: 'storage_50gb',
        name: 'Storage',
        resource_kind: 'spaces_gb_month',
        qty: '1',
        price_cents: 99999,
      }),
      201,
    );
    expect(amounts(await billed(tenant))).to.deep.equal([
      ['plan_base', 5000],
      ['addon', 750],
      ['overage', 672],
      ['overage', 150],
      ['tax', 657],
    ]);
    expect((await invoiceOf(ledger, invoiceId(tenant, '2026-04-01'))).lines[0]).to.deep.include({
      deployment_id: deployment,
    });
  });
});
