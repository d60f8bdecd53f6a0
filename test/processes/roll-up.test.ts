import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { amounts, invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken } from '../support/http/tokens.ts';
import { syncAll } from '../support/processes/sync-run.ts';

const april = daysFrom('2026-04-01', '2026-04-30');

async function meterDays(ledger: TestLedger, days: readonly string[]): Promise<void> {
  for (const day of days) {
    const { status, error } = await ledger.jobs.run('metering.day', { day }, { actor: ledger.meta().actor });
    expect([day, status, error]).to.deep.equal([day, 'completed', null]);
  }
}

const tie = (ledger: TestLedger, deployment: string, resource_id: string, effective_from: string) =>
  ok(ledger.api.post(`deployments/${deployment}/resources`, { resource_id, effective_from }), 201);

/** The sample account, mirrored; returns the ids of its five droplets. */
async function mirrored(): Promise<{ ledger: TestLedger; droplets: string[] }> {
  const ledger = await seededLedger({ digitalOcean: {} });
  await syncAll(ledger);
  await ledger.settled();
  const { data } = await ok(ledger.api.get('inventory?kind=droplet'));
  return { ledger, droplets: data.map((one: Json) => one.id) };
}

describe('invoices.rollup of a metered month', () => {
  let ledger: TestLedger;
  let droplets: string[];
  before(async () => {
    ({ ledger, droplets } = await mirrored());
  });
  after(() => ledger.close());

  it('golden: studio with storage_50gb and three droplets all April is 6422 + 642 = 7064', async () => {
    const deployment = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    for (const droplet of droplets.slice(0, 3)) await tie(ledger, deployment, droplet, '2026-04-01');
    await meterDays(ledger, april);
    const run = await ledger.jobs.run(
      'invoices.rollup',
      { period: '2026-04', tenant_id: 'acme' },
      { actor: ledger.meta().actor },
    );
    expect([run.status, run.error]).to.deep.equal(['completed', null]);
    const [issued] = (run.result as Json).invoices;
    expect(issued).to.include({ tenant_id: 'acme', status: 'issued', total_cents: 7064 });
    await ledger.settled();
    const invoice = await invoiceOf(ledger, issued.invoice_id);
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 5000],
      ['addon', 750],
      ['overage', 672],
      ['tax', 642],
    ]);
    expect(invoice.lines[2]).to.include({
      deployment_id: deployment,
      resource_kind: 'droplet_hours',
      qty: '672',
    });
    expect(invoice.lines[2].meta).to.include({ used: '2160', included: '1488' });
  });

  it('stays the same when the days are metered once more and the month is rolled up once more', async () => {
    const events = await ledger.eventCount();
    await meterDays(ledger, april.slice(10, 13));
    const { invoices } = await rollup(ledger, { tenant_id: 'acme', force: true });
    expect(invoices[0]).to.include({ status: 'skipped', reason: 'unchanged', total_cents: 7064 });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('refuses a tie that reaches into the invoiced month', async () => {
    const [site] = (await ok(ledger.api.get('deployments'))).data;
    const answer = await ledger.api.post(`deployments/${site.id}/resources`, {
      resource_id: droplets[3],
      effective_from: '2026-04-15',
    });
    expect([answer.status, answer.body.type]).to.deep.equal([
      409,
      'urn:arcadia-cloud:problem:period-invoiced',
    ]);
  });

  it('fails, and says why, for a month that has not ended', async () => {
    const answer = await ledger.api.post('jobs/invoices.rollup/run', { period: '2026-05' });
    expect([answer.status, answer.body.type]).to.deep.equal([
      422,
      'urn:arcadia-cloud:problem:period-not-ended',
    ]);
  });
});

describe('the hours of a droplet on an invoice', () => {
  let ledger: TestLedger;
  let droplets: string[];
  before(async () => {
    ({ ledger, droplets } = await mirrored());
    // Every hour costs a cent, so that amounts are hours.
    await ok(ledger.api.post('catalog/plans', { code: 'hourly', name: 'Hourly' }), 201);
    const items = [
      { resource_kind: 'droplet_hours', included_qty: '0', overage_unit: 'hour', overage_price_cents: 1 },
    ];
    await ok(ledger.api.post('catalog/plans/hourly/versions', { base_price_cents: 0, items }), 201);
    await ok(ledger.api.post('catalog/plans/hourly/versions/1/publish'));
  });
  after(() => ledger.close());

  it('are billed once when it changes hands, the day of the change to the new holder', async () => {
    const [first, second] = [
      await subscribed(ledger, 'first', 'a', { plan_code: 'hourly' }),
      await subscribed(ledger, 'second', 'b', { plan_code: 'hourly' }),
    ];
    const droplet = droplets[0] ?? '';
    await tie(ledger, first, droplet, '2026-04-01');
    await ok(ledger.api.delete(`deployments/${first}/resources/${droplet}?effective_to=2026-04-15`));
    await tie(ledger, second, droplet, '2026-04-15');
    // Another one is tied and untied on one day, and so belongs to the holder at the day's end.
    const passing = droplets[1] ?? '';
    await tie(ledger, first, passing, '2026-04-10');
    await ok(ledger.api.delete(`deployments/${first}/resources/${passing}?effective_to=2026-04-10`));
    await tie(ledger, second, passing, '2026-04-10');
    await ok(ledger.api.delete(`deployments/${second}/resources/${passing}?effective_to=2026-04-11`));
    await meterDays(ledger, april);
    const { invoices } = await rollup(ledger);
    const hours = new Map<string, number>();
    for (const { tenant_id, invoice_id } of invoices)
      hours.set(tenant_id, (await invoiceOf(ledger, invoice_id)).subtotal_cents);
    expect([...hours]).to.deep.equal([
      ['first', 14 * 24],
      ['second', 16 * 24 + 24],
    ]);
  });

  it('are all billed when days were metered late, out of order, twice and by several at once', async () => {
    const deployment = await subscribed(ledger, 'missed', 'site', { plan_code: 'hourly' });
    await tie(ledger, deployment, droplets[2] ?? '', '2026-04-01');
    await meterDays(
      ledger,
      april.filter((_, index) => index % 3 === 0),
    );
    ledger.clock.advance(20 * 86_400_000);
    await Promise.all([meterDays(ledger, april.toReversed()), meterDays(ledger, april)]);
    const { invoices } = await rollup(ledger, { tenant_id: 'missed' });
    expect((await invoiceOf(ledger, invoices[0].invoice_id)).subtotal_cents).to.equal(720);
  });

  it('come with what the gateway charged, reported twice and without any subscription', async () => {
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'bot', slug: 'bot', display_name: 'Bot' }),
      201,
    );
    const events = ['0.1', '0.2', '0.2'].map((charge_cents, n) => ({
      gateway_request_id: `g-${n}`,
      deployment_id: data.id,
      model: 'm',
      input_tokens: 1,
      output_tokens: 1,
      charge_cents,
      occurred_at: '2026-04-30T23:59:59Z',
    }));
    for (let times = 0; times < 2; times += 1)
      await ok(ledger.api.post('integrations/llm-usage', { events }, { token: serviceToken() }));
    const { invoices } = await rollup(ledger, { tenant_id: 'bot' });
    const invoice = await invoiceOf(ledger, invoices[0].invoice_id);
    expect(amounts(invoice)).to.deep.equal([
      ['llm_usage', 1],
      ['tax', 0],
    ]);
    expect(invoice.lines[0].qty).to.equal('0.5');
  });
});
