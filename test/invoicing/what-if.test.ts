import { expect } from 'chai';
import { whatIf } from '../../src/invoicing/what-if.ts';
import type { WhatIfOfMonth, WhatIfOfMonths } from '../../src/invoicing/what-if-result.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { syncAll } from '../support/processes/sync-run.ts';
import { type Json, ok } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const tax = { name: 'GST', rate: '0.10' };
const dearer = { plans: { studio: { items: { droplet_hours: { overage_price_cents: 2 } } } } };

/** Appends events that no client of the service could cause. */
async function append(
  ledger: TestLedger,
  stream: string,
  ...events: { type: string; data: Json }[]
): Promise<void> {
  await ledger.log.append(
    stream,
    events.map((event, index) =>
      newEvent(event, stream, index, { ...ledger.meta(), command: 'test' }, ledger.clock.now()),
    ),
    NO_STREAM,
  );
  await ledger.settled();
}

describe('the margin of a what-if', () => {
  let ledger: TestLedger;
  const deps = () => ({ ledger: ledger.ledger, sql: ledger.sql, tax });
  const april = async (overrides: Json) =>
    (await whatIf(deps(), { period: '2026-04-01', overrides }, ledger.meta())) as WhatIfOfMonth;

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await ledger.settled();
    await ok(
      ledger.api.post('projects/bb448431-2ecb-509a-ae71-474f45fcf3eb/assign', {
        tenant_id: 'dashboard-pilot',
      }),
    );
    const deployment = await subscribed(ledger, 'dashboard-pilot', 'pilot');
    const { data } = await ok(ledger.api.get('inventory?kind=droplet'));
    for (const { id } of data)
      await ok(
        ledger.api.post(`deployments/${deployment}/resources`, {
          resource_id: id,
          effective_from: '2026-04-01',
        }),
        201,
      );
    for (const day of daysFrom('2026-04-01', '2026-04-30'))
      await ledger.jobs.run('metering.day', { day }, { actor: ledger.meta().actor });
    await ledger.jobs.run(
      'billing.ingest_invoice',
      { invoice_uuid: '66c69033-e9fe-51ae-af94-4fa3f5205f25' },
      { actor: ledger.meta().actor },
    );
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('golden: 7112 − 3053 = 4059 and overall −1580; 2112 more at 2 cents an hour, same costs', async () => {
    const { margin, margin_unavailable, tenants } = await april(dearer);
    const dashboard = (await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data;
    const { unattributed_cents, direct_cents: _direct, shared_cents: _shared, ...issued } = dashboard.overall;
    expect(margin).to.deep.equal({
      currency: 'AUD',
      fx: dashboard.fx,
      unattributed_cents,
      issued,
      before: { revenue_cents: 7112, cogs_cents: 8692, margin_cents: -1580, margin_pct: -22.2 },
      after: { revenue_cents: 9224, cogs_cents: 8692, margin_cents: 532, margin_pct: 5.8 },
    });
    expect(margin_unavailable).to.equal(null);
    expect(tenants.map(({ tenant_id, margin: own }) => [tenant_id, own])).to.deep.equal([
      [
        'dashboard-pilot',
        {
          before: { revenue_cents: 7112, cogs_cents: 3053, margin_cents: 4059, margin_pct: 57.1 },
          after: { revenue_cents: 9224, cogs_cents: 3053, margin_cents: 6171, margin_pct: 66.9 },
        },
      ],
    ]);
  });

  it('is missing, with the reason, where costs are in a currency without an exchange rate', async () => {
    const data = {
      invoice_uuid: 'elsewhere',
      invoice_id: null,
      period: '2026-04-01',
      amount_cents: 100,
      currency: 'EUR',
    };
    const line = {
      line_no: 1,
      product: 'Droplets',
      group_description: null,
      description: 'd',
      hours: null,
      started_at: null,
      ended_at: null,
      amount_cents: 100,
      project_name: null,
      category: null,
      kind: null,
      name: null,
      is_tax: false,
      provider_resource_id: null,
    };
    await append(ledger, 'cost-lines-elsewhere-h', {
      type: 'CostLinesStored',
      data: { invoice_uuid: 'elsewhere', lines_hash: 'h', part: 1, parts: 1, lines: [line] },
    });
    await append(
      ledger,
      'provider-invoice-elsewhere',
      { type: 'ProviderInvoiceDiscovered', data },
      {
        type: 'ProviderInvoiceIngested',
        data: {
          invoice_uuid: 'elsewhere',
          period: '2026-04-01',
          amount_cents: 100,
          currency: 'EUR',
          lines_hash: 'h',
          parts: 1,
          lines: 1,
          lines_total_cents: 100,
          tax_cents: 0,
          difference_cents: 0,
        },
      },
    );
    const result = await april(dearer);
    expect(result).to.deep.include({
      margin: null,
      margin_unavailable: 'no rate from EUR to AUD',
      delta_cents: 2323,
    });
    expect(result.tenants.map(({ margin }) => margin)).to.deep.equal([null]);
    const both = (await whatIf(
      deps(),
      { periods: ['2026-03-01', '2026-04-01'], overrides: dearer },
      ledger.meta(),
    )) as WhatIfOfMonths;
    expect([both.margin, both.delta_cents]).to.deep.equal([null, 2323]);
  });
});

describe('a what-if over months that cannot be computed', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site', { plan_code: 'starter' });
    await append(
      ledger,
      'plan-euro',
      { type: 'PlanCreated', data: { plan_code: 'euro', name: 'Euro' } },
      {
        type: 'PlanVersionDrafted',
        data: { plan_code: 'euro', version: 1, base_price_cents: 1000, currency: 'EUR', items: [] },
      },
    );
    const deployment = (
      await ok(
        ledger.api.post('deployments', { tenant_id: 'globex', slug: 'site', display_name: 'site' }),
        201,
      )
    ).data.id;
    const stream = `deployment-${deployment}`;
    const started = {
      type: 'SubscriptionStarted',
      data: {
        subscription_id: 's',
        deployment_id: deployment,
        tenant_id: 'globex',
        plan_code: 'euro',
        plan_version: 1,
        starts_on: '2026-04-01',
        trial_ends_at: null,
        effective_on: '2026-04-01',
      },
    };
    await ledger.log.append(
      stream,
      [newEvent(started, stream, 1, { ...ledger.meta(), command: 'test' }, ledger.clock.now())],
      0,
    );
    await ledger.settled();
  });
  after(() => ledger.close());

  it('leaves those tenants out and says why', async () => {
    const { data } = await ok(
      ledger.api.post('what-if', { period: '2026-04', overrides: { tax_rate: '0' } }),
      201,
    );
    expect(data).to.deep.include({
      before: { total_cents: 2200 },
      after: { total_cents: 2000 },
      not_billable: [{ tenant_id: 'globex', reason: 'plan euro is in EUR, the ledger in AUD' }],
    });
    expect(data.tenants.map((tenant: Json) => tenant.tenant_id)).to.deep.equal(['acme']);
  });

  it('refuses terms in another currency', async () => {
    const { body, status } = await ledger.api.post('what-if', {
      period: '2026-04',
      overrides: { plans: { euro: { terms_of_version: 1 } } },
    });
    expect([status, body.type, body.errors]).to.deep.equal([
      422,
      'urn:arcadia-cloud:problem:currency-mismatch',
      [{ path: 'overrides.plans.euro.terms_of_version', message: 'is in EUR, this ledger bills in AUD' }],
    ]);
  });
});
