import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { syncAll } from '../support/processes/sync-run.ts';

const months = 'dashboard/margin/months';

describe('margin by month over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  let beforeCosts: string;
  const asked = async (query: string): Promise<Json> =>
    (await ok(ledger.api.get(`${months}?from=2026-03&to=2026-05${query}`))).data;
  const margin = async (period: string, query = ''): Promise<Json> =>
    (await ok(ledger.api.get(`dashboard/margin?period=${period}${query}`))).data;

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    site = await subscribed(ledger, 'acme', 'site', { starts_on: '2026-03-01' });
    await ok(ledger.api.put('cost-sharing', { rule: 'even', effective_from: '2026-04-01' }));
    await rollup(ledger, { period: '2026-03' });
    await rollup(ledger, { period: '2026-04' });
    await ledger.settled();
    beforeCosts = ledger.clock.now();
    ledger.clock.advance(60_000);
    await ok(ledger.api.post('billing/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25/ingest'));
    await ledger.settled();
  });
  after(() => ledger.close());

  it('has the figures of the margin of each month', async () => {
    const { from, to, currency, tenant_id, deployment_id, months: series } = await asked('');
    expect({ from, to, currency, tenant_id, deployment_id }).to.deep.equal({
      from: '2026-03-01',
      to: '2026-05-01',
      currency: 'AUD',
      tenant_id: null,
      deployment_id: null,
    });
    expect(series.map((one: Json) => [one.period, one.revenue_cents, one.cogs_cents])).to.deep.equal([
      ['2026-03-01', 5000, 0],
      ['2026-04-01', 5000, 8692],
      ['2026-05-01', 0, 0],
    ]);
    for (const { period, fx, pending, not_billable, ...figures } of series) {
      const { overall, ...month } = await margin(period);
      const alone = await margin(period, '&deployments=false');
      expect(alone).to.deep.equal({ overall, ...month, deployments: [] });
      expect(figures).to.deep.equal(overall);
      expect({ fx, pending, not_billable }).to.deep.include({
        fx: month.fx,
        pending: month.pending,
        not_billable: month.not_billable,
      });
    }
  });

  it('leaves deployments out where that is asked, but not of a table', async () => {
    const asTable = 'dashboard/margin?period=2026-04&deployments=false&format=csv';
    await problem(ledger.api.get(asTable), 422, 'deployments');
  });

  it('of a tenant and of a deployment has their own figures, and no costs of no tenant', async () => {
    const { tenants, deployments } = await margin('2026-04');
    for (const [query, { tenant_id: _tenant, deployment_id: _deployment, ...own }] of [
      ['&tenant_id=acme', tenants.find((one: Json) => one.tenant_id === 'acme')],
      [`&deployment_id=${site}`, deployments[0]],
      [`&tenant_id=acme&deployment_id=${site}`, deployments[0]],
    ] as [string, Json][]) {
      const { months: series } = await asked(query);
      expect(series[1], query).to.deep.include({ ...own, unattributed_cents: null });
      expect(own.shared_cents).to.equal(3920);
    }
    const { months: other } = await asked(`&tenant_id=bistro&deployment_id=${site}`);
    expect(other.map((one: Json) => one.revenue_cents + one.cogs_cents)).to.deep.equal([0, 0, 0]);
  });

  it('is as it was known, where that is asked', async () => {
    const { months: series } = await asked(`&known_at=${beforeCosts}`);
    const { overall } = await margin('2026-04', `&known_at=${beforeCosts}`);
    expect(series[1]).to.deep.include(overall);
    expect(overall.cogs_cents).to.equal(0);
  });

  it('is of the twelve months up to the last one that has ended, by default', async () => {
    const { from, to, months: series } = (await ok(ledger.api.get(months))).data;
    expect([from, to, series.length]).to.deep.equal(['2025-05-01', '2026-04-01', 12]);
    const early = (await ok(ledger.api.get(`${months}?to=2000-03`))).data;
    expect(early.months).to.have.length(3);
  });

  it('refuses more than 24 months, and an end before the beginning', async () => {
    expect((await ok(ledger.api.get(`${months}?from=2024-05&to=2026-04`))).data.months).to.have.length(24);
    await problem(ledger.api.get(`${months}?from=2024-04&to=2026-04`), 422, 'from');
    await problem(ledger.api.get(`${months}?from=2026-05&to=2026-04`), 422, 'from');
    await problem(ledger.api.get(`${months}?period=2026-04`), 422, 'period');
    await problem(ledger.api.get(months, { token: tenantToken('acme') }), 403);
  });
});
