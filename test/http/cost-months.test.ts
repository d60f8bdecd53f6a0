import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { centsOf, csvOf } from '../support/http/csv.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { syncAll } from '../support/processes/sync-run.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const sumOf = (rows: Json[], member: string): number =>
  rows.reduce((sum: number, row: Json) => sum + row[member], 0);

describe('what became of the costs over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  const data = async (path: string): Promise<Json> => (await ok(ledger.api.get(path))).data;
  const lines = async (query = ''): Promise<Json[]> =>
    data(`billing/cost-lines?period=2026-04&limit=100${query}`);

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    site = await subscribed(ledger, 'acme', 'site');
    const [droplet] = await data('inventory?kind=droplet');
    await ok(
      ledger.api.post(`deployments/${site}/resources`, {
        resource_id: droplet.id,
        effective_from: '2026-04-01',
      }),
      201,
    );
    await rollup(ledger, { period: '2026-04' });
    await ok(
      ledger.api.post('fx-rates', { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-01-01' }),
      201,
    );
    await ok(ledger.api.post(`billing/invoices/${april}/ingest`));
    await ledger.settled();
  });
  after(() => ledger.close());

  it('has the lines of each month by kind, and by project', async () => {
    const kinds = await data('billing/months?from=2026-03&to=2026-05');
    expect(kinds).to.include({ by: 'kind', currency: 'USD', from: '2026-03-01', to: '2026-05-01' });
    expect(kinds.months.map((one: Json) => [one.period, one.invoices, one.cents])).to.deep.equal([
      ['2026-03-01', 0, 0],
      ['2026-04-01', 1, 8692],
      ['2026-05-01', 0, 0],
    ]);
    const [, month] = kinds.months;
    expect(month).to.include({
      invoiced_cents: 8692,
      pending: 0,
      lines: 33,
      matched: 17,
      unmatched_cents: 3920,
    });
    expect(month.groups.find((one: Json) => one.key === 'tax').cents).to.equal(790);
    for (const by of ['kind', 'project', 'product']) {
      const { months } = await data(`billing/months?from=2026-04&to=2026-04&by=${by}`);
      expect(sumOf(months[0].groups, 'cents'), by).to.equal(8692);
      expect(sumOf(months[0].groups, 'lines'), by).to.equal(33);
    }
    const margin = await data('dashboard/margin?period=2026-04');
    expect(month.groups.map((one: Json) => one.key)).to.have.members(
      margin.by_kind.cogs.map((one: Json) => one.kind),
    );
    await problem(ledger.api.get('billing/months?by=colour'), 422, 'by');
    await problem(ledger.api.get('billing/months?from=2026-05&to=2026-04'), 422, 'from');
    await problem(ledger.api.get('billing/months', { token: tenantToken('acme') }), 403);
  });

  it('has one invoice with the sums of its lines', async () => {
    const invoice = await data(`billing/invoices/${april}`);
    const [listed] = await data('billing/invoices');
    const { total, by_kind, by_project, by_product, ...own } = invoice;
    expect(own).to.deep.equal(listed);
    expect(total).to.deep.equal({ lines: 33, matched: 17, cents: 8692, unmatched_cents: 3920 });
    for (const groups of [by_kind, by_project, by_product]) expect(sumOf(groups, 'cents')).to.equal(8692);
    await problem(ledger.api.get('billing/invoices/00000000-0000-4000-8000-000000000000'), 404);
    await problem(ledger.api.get('billing/invoices/april'), 422, 'uuid');
  });

  it('says of each line who bears it and why, as the margin has it', async () => {
    const all = await lines();
    const margin = await data('dashboard/margin?period=2026-04');
    const borne = (wanted: (line: Json) => boolean) =>
      all.filter(wanted).reduce((sum, line) => sum + line.borne.cents, 0);
    for (const { tenant_id, direct_cents } of margin.tenants)
      expect(
        borne((line) => line.borne.tenant_id === tenant_id),
        tenant_id,
      ).to.equal(direct_cents);
    expect(borne((line) => line.borne.by === 'unattributed')).to.equal(margin.overall.unattributed_cents);
    const own = all.filter((line) => line.borne.deployment_id === site);
    expect(own).not.to.be.empty;
    for (const line of own) {
      expect(line.borne).to.include({ by: 'tenant', tenant_id: 'acme', rule: 'tie', currency: 'AUD' });
      expect(line.matched_by).to.be.oneOf(['name', 'provider_id']);
      expect(line.resource.name).to.be.a('string');
    }
    const internal = all.filter((line) => line.borne.tenant_id === 'skyai-internal');
    expect(new Set(internal.map((line) => line.borne.rule))).to.deep.equal(new Set(['own']));
    const tax = all.find((line) => line.is_tax);
    expect(tax).to.deep.include({ matched_by: null, resource: null });
    expect(tax.borne).to.deep.equal({
      by: 'unattributed',
      tenant_id: null,
      deployment_id: null,
      rule: null,
      cents: 1185,
      currency: 'AUD',
    });
  });

  it('finds lines by invoice, project and text', async () => {
    const all = await lines();
    expect(await lines(`&invoice_uuid=${april}`)).to.deep.equal(all);
    expect(await lines('&invoice_uuid=00000000-0000-4000-8000-000000000000')).to.deep.equal([]);
    const project = all.find((line) => line.project_name !== null && line.project_name !== '')?.project_name;
    expect(await lines(`&project=${encodeURIComponent(project)}`)).to.deep.equal(
      all.filter((line) => line.project_name === project),
    );
    const found = await lines('&q=DROPLET%20back');
    expect(found).not.to.be.empty;
    expect(found).to.deep.equal(
      all.filter((line) =>
        [line.product, line.group_description, line.description, line.name, line.project_name]
          .join('\n')
          .toLowerCase()
          .includes('droplet back'),
      ),
    );
    expect(await lines('&q=100%25_')).to.deep.equal([]);
  });

  it('has the lines of a resource, with their sum', async () => {
    const all = await lines();
    const [{ resource_id }] = all.filter((line) => line.matched) as [Json];
    const path = `billing/cost-lines?resource_id=${resource_id}`;
    const found = await ok(ledger.api.get(path));
    expect(found.data).to.deep.equal(all.filter((line) => line.resource_id === resource_id));
    expect(found.summary).to.include({
      lines: found.data.length,
      matched: found.data.length,
      total_cents: sumOf(found.data, 'amount_cents'),
    });
    expect((await ok(ledger.api.get('billing/cost-lines?resource_id=nothing'))).data).to.deep.equal([]);
  });

  it('is CSV of exactly the cost lines that a filter finds', async () => {
    const { rows, name } = await csvOf(ledger.url, 'billing/cost-lines?period=2026-04&kind=droplet');
    expect(name).to.equal('cost-lines-2026-04.csv');
    const asked = await lines('&kind=droplet');
    expect(rows.map((row) => [row['line_no'], row['tenant_id'], row['borne_by']])).to.deep.equal(
      asked.map((line) => [String(line.line_no), line.borne.tenant_id ?? '', line.borne.by]),
    );
    expect(rows.map((row) => centsOf(row['amount']))).to.deep.equal(asked.map((line) => line.amount_cents));
    expect(rows.map((row) => centsOf(row['cost']))).to.deep.equal(asked.map((line) => line.borne.cents));
    await problem(ledger.api.get('billing/cost-lines?format=csv&limit=5'), 422, 'limit');
    const token = tenantToken('acme');
    await problem(ledger.api.get('billing/cost-lines?format=csv', { token }), 403);
  });

  it('is CSV of a margin whose parts add up to the whole, and of the lines of each', async () => {
    const margin = await data('dashboard/margin?period=2026-04');
    const { rows, name } = await csvOf(ledger.url, 'dashboard/margin?period=2026-04');
    expect(name).to.equal('margin-2026-04.csv');
    const sum = (of: Record<string, string>[], column: string): number =>
      of.reduce((cents, row) => cents + centsOf(row[column]), 0);
    expect(sum(rows, 'margin')).to.equal(margin.overall.margin_cents);
    expect(sum(rows, 'revenue')).to.equal(margin.overall.revenue_cents);
    expect(sum(rows, 'costs')).to.equal(margin.overall.cogs_cents);
    for (const { tenant_id, margin_cents } of margin.tenants)
      expect(
        sum(
          rows.filter((row) => row['tenant_id'] === tenant_id),
          'margin',
        ),
      ).to.equal(margin_cents);
    const [own] = margin.deployments;
    expect(rows.find((row) => row['deployment_id'] === own.deployment_id)?.['tenant_id']).to.equal('acme');
    expect(rows.at(-1)).to.include({ tenant_id: 'unattributed', revenue: '0.00' });
    const known = '&known_at=2026-01-01T00:00:00.000Z';
    expect((await csvOf(ledger.url, `dashboard/margin?period=2026-04${known}`)).rows).to.deep.equal([]);
    const path = `dashboard/margin/lines?period=2026-04&deployment_id=${own.deployment_id}`;
    const found = await csvOf(ledger.url, path);
    expect(found.name).to.equal('margin-lines-2026-04.csv');
    expect(sum(found.rows, 'margin')).to.equal(own.margin_cents);
    const { data: costs, revenue } = await ok(ledger.api.get(`${path}&limit=500`));
    expect(found.rows).to.have.length(costs.length + revenue.length);
    await problem(ledger.api.get(`${path}&format=csv&cursor=x`), 422, 'cursor');
  });
});
