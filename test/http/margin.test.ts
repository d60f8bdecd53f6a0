import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { syncAll } from '../support/processes/sync-run.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { charge, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const aprilInvoice = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const pilotProject = 'bb448431-2ecb-509a-ae71-474f45fcf3eb';

const margin = async (ledger: TestLedger, query = '?period=2026-04'): Promise<Json> =>
  (await ok(ledger.api.get(`dashboard/margin${query}`))).data;

async function completed(ledger: TestLedger, job: string, input: unknown): Promise<Json> {
  const { status, error, result } = await ledger.jobs.run(job, input, { actor: ledger.meta().actor });
  expect([job, status, error]).to.deep.equal([job, 'completed', null]);
  await ledger.settled();
  return result;
}

/** The resources of a kind in the pilot project, tied from the first of April. */
async function tieDroplets(ledger: TestLedger, deploymentId: string): Promise<void> {
  const { data } = await ok(ledger.api.get('inventory?kind=droplet'));
  expect(data).to.have.length(5);
  for (const { id } of data as { id: string }[])
    await ok(
      ledger.api.post(`deployments/${deploymentId}/resources`, {
        resource_id: id,
        effective_from: '2026-04-01',
      }),
      201,
    );
}

describe('the cost of a resource that changed hands', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await ledger.settled();
  });
  after(() => ledger.close());

  it('belongs to the tenant that held it at the end of the last day that the line covers', async () => {
    const {
      data: [droplet],
    } = await ok(ledger.api.get('inventory?kind=droplet'));
    const [first, second] = [
      await subscribed(ledger, 'first', 'site'),
      await subscribed(ledger, 'second', 'site'),
    ];
    await ok(
      ledger.api.post(`deployments/${first}/resources`, {
        resource_id: droplet.id,
        effective_from: '2026-04-01',
      }),
      201,
    );
    await ok(ledger.api.delete(`deployments/${first}/resources/${droplet.id}?effective_to=2026-04-30`));
    await ok(
      ledger.api.post(`deployments/${second}/resources`, {
        resource_id: droplet.id,
        effective_from: '2026-04-30',
      }),
      201,
    );
    await ok(ledger.api.delete(`deployments/${second}/resources/${droplet.id}?effective_to=2026-05-01`));
    await completed(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
    const { data: lines } = await ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=100'));
    const cost = (lines as Json[])
      .filter(({ resource_id }) => resource_id === droplet.id)
      .reduce((sum, line) => sum + line.amount_cents, 0);
    expect(cost).to.be.greaterThan(0);
    const { deployments, tenants, overall } = await margin(ledger);
    expect(deployments).to.deep.equal([
      {
        deployment_id: second,
        tenant_id: 'second',
        revenue_cents: 0,
        cogs_cents: cost,
        direct_cents: cost,
        shared_cents: 0,
        margin_cents: -cost,
        margin_pct: null,
      },
    ]);
    expect(tenants.map((one: Json) => one.tenant_id)).to.deep.equal(['second', 'skyai-internal']);
    expect(overall).to.include({ cogs_cents: 8692, unattributed_cents: 3920 + 790 });
  });
});

describe('margin over HTTP', () => {
  let ledger: TestLedger;
  let deployment: string;
  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await ledger.settled();
    await ok(ledger.api.post(`projects/${pilotProject}/assign`, { tenant_id: 'dashboard-pilot' }));
    deployment = await subscribed(ledger, 'dashboard-pilot', 'pilot');
    await tieDroplets(ledger, deployment);
    for (const day of daysFrom('2026-04-01', '2026-04-30')) await completed(ledger, 'metering.day', { day });
  });
  after(() => ledger.close());

  it('is empty before anything is invoiced or ingested', async () => {
    expect(await margin(ledger)).to.deep.equal({
      period: '2026-04-01',
      currency: 'AUD',
      fx: { from: 'USD', to: 'AUD', rate: '1', source: 'default' },
      overall: {
        revenue_cents: 0,
        cogs_cents: 0,
        direct_cents: 0,
        shared_cents: 0,
        margin_cents: 0,
        margin_pct: null,
        unattributed_cents: 0,
      },
      tenants: [],
      deployments: [],
      by_kind: { revenue: [], cogs: [] },
      pending: [],
      not_billable: [],
    });
  });

  it('golden: 7112 − 3053 = 4059 (57.1 %), overall −1580; rest 929, 3920 and tax 790', async () => {
    await completed(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
    expect((await rollup(ledger)).invoices).to.have.length(1);
    const pilot = {
      revenue_cents: 7112,
      cogs_cents: 3053,
      direct_cents: 3053,
      shared_cents: 0,
      margin_cents: 4059,
      margin_pct: 57.1,
    };
    const answer = await margin(ledger);
    expect(answer.overall).to.deep.equal({
      revenue_cents: 7112,
      cogs_cents: 8692,
      direct_cents: 3982,
      shared_cents: 0,
      margin_cents: -1580,
      margin_pct: -22.2,
      unattributed_cents: 3920 + 790,
    });
    expect(answer.tenants).to.deep.equal([
      { tenant_id: 'dashboard-pilot', ...pilot },
      {
        tenant_id: 'skyai-internal',
        revenue_cents: 0,
        cogs_cents: 929,
        direct_cents: 929,
        shared_cents: 0,
        margin_cents: -929,
        margin_pct: null,
      },
    ]);
    expect(answer.deployments).to.deep.equal([
      { deployment_id: deployment, tenant_id: 'dashboard-pilot', ...pilot },
    ]);
    expect(answer.by_kind.revenue).to.deep.equal([
      { resource_kind: 'droplet_hours', cents: 2112 },
      { resource_kind: 'plan_base', cents: 5000 },
    ]);
    const cogs = answer.by_kind.cogs as { kind: string; cents: number }[];
    expect(cogs.reduce((sum, { cents }) => sum + cents, 0)).to.equal(8692);
    expect(cogs.find(({ kind }) => kind === 'tax')).to.deep.equal({ kind: 'tax', cents: 790 });
    expect(await margin(ledger, ''), 'the last month that has ended').to.deep.equal(answer);
  });

  it('golden: leakage is what is unattributed and what falls on the tenant without revenue', async () => {
    const { items, total_cents, at_billed_tenants_cents } = (
      await ok(ledger.api.get('dashboard/leakage?period=2026-04'))
    ).data;
    expect(total_cents).to.equal(3920 + 790 + 929);
    const cents: Record<string, number> = {};
    for (const { reason, amount_cents } of items as Json[])
      if (amount_cents !== null) cents[reason] = (cents[reason] ?? 0) + amount_cents;
    expect(cents.tax).to.equal(790);
    expect((cents['account-level'] ?? 0) + (cents.unmatched ?? 0)).to.equal(3920);
    expect(cents['account-level']).to.be.greaterThan(0);
    expect(at_billed_tenants_cents).to.equal(0);
  });

  it('keeps a line with the holder of the resource on its last day, also after later changes', async () => {
    const before = await margin(ledger);
    const { data } = await ok(ledger.api.get('inventory?kind=droplet'));
    await ok(ledger.api.delete(`deployments/${deployment}/resources/${data[0].id}`));
    const other = await subscribed(ledger, 'globex', 'other', { starts_on: '2026-05-09' });
    await ok(ledger.api.post(`deployments/${other}/resources`, { resource_id: data[0].id }), 201);
    await ok(ledger.api.post(`projects/${pilotProject}/assign`, { tenant_id: 'globex' }));
    await completed(ledger, 'billing.ingest_invoice', { invoice_uuid: aprilInvoice });
    expect(await margin(ledger)).to.deep.equal(before);
  });

  it('converts at the rate in force on the last day of the period, each line once', async () => {
    await ok(
      ledger.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-04-30' }),
      201,
    );
    await ok(
      ledger.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: '9', effective_from: '2026-05-01' }),
      201,
    );
    const { data: lines } = await ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=100'));
    const converted = (lines as { amount_cents: number }[])
      .map(({ amount_cents }) => Math.floor((amount_cents * 3 + 1) / 2))
      .reduce((sum, cents) => sum + cents, 0);
    const answer = await margin(ledger);
    expect(answer.fx).to.deep.equal({ from: 'USD', to: 'AUD', rate: '1.5', source: 'fx_rate' });
    expect(answer.overall).to.include({ revenue_cents: 7112, cogs_cents: converted });
    const parts = (answer.tenants as { cogs_cents: number }[]).reduce(
      (sum, { cogs_cents }) => sum + cogs_cents,
      0,
    );
    expect(parts + answer.overall.unattributed_cents).to.equal(converted);
  });

  it('counts paid invoices, but not void ones', async () => {
    const [{ id }] = (await ok(ledger.api.get('invoices'))).data;
    await ok(ledger.api.post(`invoices/${id}/pay`));
    expect((await margin(ledger)).overall.revenue_cents).to.equal(7112);
    await ledger.settled();
    const other = await subscribed(ledger, 'acme', 'site');
    const { invoices } = await rollup(ledger, { tenant_id: 'acme' });
    expect((await margin(ledger)).overall.revenue_cents).to.equal(12112);
    await charge(ledger, 'acme', other, 'late-1', '100', '2026-04-30T00:00:00.000Z');
    await ledger.settled();
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect((await margin(ledger)).overall.revenue_cents, 'of the issue in force alone').to.equal(12212);
    await ok(ledger.api.post(`invoices/${invoices[0].invoice_id}/void`));
    const answer = await margin(ledger);
    expect(answer.overall.revenue_cents).to.equal(7112);
    expect(answer.deployments.map((one: Json) => one.deployment_id)).to.not.include(other);
  });

  it('is for the operator only', async () => {
    await problem(ledger.api.get('dashboard/margin', { token: tenantToken('dashboard-pilot') }), 403);
    await problem(ledger.api.get('dashboard/accrual', { token: tenantToken('dashboard-pilot') }), 403);
    await problem(ledger.api.get('dashboard/margin?period=2026-00'), 422, 'period');
  });
});
