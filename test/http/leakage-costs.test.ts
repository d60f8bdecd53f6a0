import { expect } from 'chai';
import { addDays, daysFrom } from '../../src/pricing/calendar.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { completed, syncAll } from '../support/processes/sync-run.ts';

const aprilInvoice = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

interface Held {
  deployment: string;
  droplet: Json;
  from: string;
}

describe('the costs that leak, over HTTP', () => {
  let ledger: TestLedger;
  let droplets: Json[];
  let idle: string;
  let late: string;
  const leakage = async (period = '2026-04'): Promise<Json> =>
    (await ok(ledger.api.get(`dashboard/leakage?period=${period}`))).data;
  const tie = ({ deployment, droplet, from }: Held): Promise<unknown> =>
    ok(
      ledger.api.post(`deployments/${deployment}/resources`, {
        resource_id: droplet.id,
        effective_from: from,
      }),
      201,
    );
  const costOf = async ({ id }: Json): Promise<number> => {
    const { data } = await ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=100'));
    return (data as Json[])
      .filter(({ resource_id }) => resource_id === id)
      .reduce((sum, { amount_cents }) => sum + amount_cents, 0);
  };
  const reasonsOf = (items: Json[], deployment: string): Record<string, number> => {
    const cents: Record<string, number> = {};
    for (const { reason, deployment_id, amount_cents } of items)
      if (deployment_id === deployment && amount_cents !== null)
        cents[reason] = (cents[reason] ?? 0) + amount_cents;
    return cents;
  };

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await ledger.settled();
    droplets = (await ok(ledger.api.get('inventory?kind=droplet'))).data;
    const given = { tenant_id: 'waiting', slug: 'idle', display_name: 'Idle' };
    idle = (await ok(ledger.api.post('deployments', given), 201)).data.id;
    late = await subscribed(ledger, 'late', 'site', { starts_on: '2026-04-16' });
    await tie({ deployment: idle, droplet: droplets[0], from: '2026-04-01' });
    await tie({ deployment: late, droplet: droplets[1], from: '2026-04-01' });
    const { status } = await ledger.jobs.run(
      'billing.ingest_invoice',
      { invoice_uuid: aprilInvoice },
      { actor: ledger.meta().actor },
    );
    expect(status).to.equal('completed');
    await ledger.settled();
  });
  after(() => ledger.close());

  it('are divided by the days in force at a tenant without revenue, and add up to the margin', async () => {
    const { items, total_cents, at_billed_tenants } = await leakage();
    expect(reasonsOf(items, idle)).to.deep.equal({ 'no-subscription': await costOf(droplets[0]) });
    const cost = await costOf(droplets[1]);
    const half = Math.round(cost / 2);
    expect(reasonsOf(items, late)).to.deep.equal({ 'not-in-force': half, 'no-revenue': cost - half });
    const item = items.find((one: Json) => one.reason === 'not-in-force');
    expect(item).to.deep.include({ tenant_id: 'late', resource_kind: 'droplet', value_cents: null });
    expect(item.detail).to.deep.include({
      invoice_uuid: aprilInvoice,
      resource_id: droplets[1].id,
      name: droplets[1].name,
      days: 30,
      idle_days: 15,
    });
    expect(at_billed_tenants).to.deep.equal([]);
    const { overall, tenants } = (await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data;
    const borne = tenants.reduce((sum: number, { cogs_cents }: Json) => sum + cogs_cents, 0);
    expect(total_cents).to.equal(overall.unattributed_cents + borne);
    expect(total_cents, 'without any revenue: all of the invoice').to.equal(8692);
  });

  it('are in a list of their own at a tenant with revenue', async () => {
    for (const day of daysFrom('2026-04-01', '2026-04-30')) {
      const run = await ledger.jobs.run('metering.day', { day }, { actor: ledger.meta().actor });
      expect([day, run.error]).to.deep.equal([day, null]);
    }
    await ledger.settled();
    await rollup(ledger);
    const { items, total_cents, at_billed_tenants, at_billed_tenants_cents } = await leakage();
    const cost = await costOf(droplets[1]);
    const half = Math.round(cost / 2);
    expect(reasonsOf(items, late)).to.deep.equal({});
    expect(reasonsOf(at_billed_tenants, late)).to.deep.equal({ 'not-in-force': half });
    expect(at_billed_tenants_cents).to.equal(half);
    expect(total_cents).to.equal(8692 - cost);
  });

  it('name a billed deployment whose resource is gone, with what it was billed', async () => {
    expect(droplets[1].kind).to.equal('droplet');
    ledger.digitalOcean?.remove('droplet', Number(droplets[1].provider_id));
    for (let sweep = 0; sweep < 4; sweep += 1) await completed(ledger, 'sync.droplets');
    await ledger.settled();
    const gone = (await ok(ledger.api.get(`inventory/${droplets[1].id}`))).data;
    expect(gone.status).to.equal('stale');
    const period = ledger.clock.now().slice(0, 7);
    ledger.clock.set(`${addDays(`${period}-28`, 7)}T03:00:00.000Z`);
    await rollup(ledger, { period, force: true });
    const { items, total_cents } = await leakage(period);
    const item = items.find((one: Json) => one.reason === 'resource-gone');
    expect(item).to.deep.include({
      tenant_id: 'late',
      deployment_id: late,
      amount_cents: null,
      detail: {
        resources: [{ resource_id: droplets[1].id, name: droplets[1].name, kind: 'droplet' }],
      },
    });
    expect(item.value_cents).to.be.greaterThan(0);
    expect(total_cents).to.equal(0);
    expect((await leakage()).items.map((one: Json) => one.reason)).not.to.include('resource-gone');
  });
});
