import { expect } from 'chai';
import { money } from '../../src/pricing/amount-text.ts';
import { inventoryWords } from '../../src/console/inventory-words.ts';
import {
  csvAt,
  fieldsOfForm,
  formsOf,
  operatorAt,
  tableOf,
  tenantAt,
  type Browser,
} from '../support/console/browse.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { syncAll } from '../support/processes/sync-run.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

describe('the pages of costs and margin', () => {
  let ledger: TestLedger;
  let operator: Browser;
  let site: string;
  let droplet: Json;
  const data = async (path: string): Promise<Json> => (await ok(ledger.api.get(path))).data;

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    site = await subscribed(ledger, 'acme', 'site');
    [droplet] = await data('inventory?kind=droplet');
    const tie = { resource_id: droplet.id, effective_from: '2026-04-01' };
    await ok(ledger.api.post(`deployments/${site}/resources`, tie), 201);
    await rollup(ledger, { period: '2026-04' });
    await ok(ledger.api.post(`billing/invoices/${april}/ingest`));
    await ledger.settled();
    operator = await operatorAt(ledger.url);
  });
  after(() => ledger.close());

  it('show what the provider bills by month and kind, and its invoices', async () => {
    const page = await operator.get('/console/costs');
    expect(page.status, page.text).to.equal(200);
    const { months } = await data('billing/months?from=2026-04&to=2026-04');
    const kinds = tableOf(page, 'Costs of April 2026 by kind');
    expect(kinds.map((row) => [row['Kind'], row['Cost']])).to.deep.equal(
      months[0].groups.map((one: Json) => [inventoryWords(one.key), money(one.cents)]),
    );
    const [invoice] = tableOf(page, 'Invoices of DigitalOcean');
    expect(invoice).to.include({ Month: 'April 2026', Amount: '86.92', Lines: '33', Matched: '17' });
    expect((await operator.get('/console/costs?by=project')).status).to.equal(200);
    expect((await operator.get('/console/costs?by=colour')).status).to.equal(422);
    expect((await (await tenantAt(ledger.url, 'acme')).get('/console/costs')).status).to.equal(403);
  });

  it('show an invoice beside its lines, filtered by the address', async () => {
    const page = await operator.get(`/console/costs/${april}`);
    expect(page.text).to.contain('86.92').and.to.contain('17 of 33 lines are matched');
    expect(tableOf(page, 'Lines of the invoice')).to.have.length(33);
    const unmatched = await operator.get(`/console/costs/${april}?matched=false&kind=droplet`);
    const { data: rows } = await ok(
      ledger.api.get(`billing/cost-lines?invoice_uuid=${april}&matched=false&kind=droplet`),
    );
    expect(tableOf(unmatched, 'Lines of the invoice').map((row) => row['Amount'])).to.deep.equal(
      rows.map((row: Json) => money(row.amount_cents)),
    );
    const none = await operator.get(`/console/costs/${april}?q=nothing-like-it`);
    expect(none.text).to.contain('No line of this invoice is as the filters ask.');
    expect((await operator.get('/console/costs/00000000-0000-4000-8000-000000000000')).status).to.equal(404);
  });

  it('link a line by hand, with what it changes said before', async () => {
    const [line] = await data('billing/cost-lines?period=2026-04&matched=false&kind=droplet');
    const path = `/console/costs/${april}?line=${line.line_no}`;
    const found = await operator.get(`${path}&look=${encodeURIComponent(droplet.name)}`);
    expect(found.text).to.contain(droplet.name);
    const page = await operator.get(`${path}&target=${droplet.id}`);
    const [change] = tableOf(page, 'Margins of April 2026 before and after');
    const would = await data(`billing/cost-lines/${line.id}/link?target=${droplet.id}`);
    const [acme] = would.margin.tenants;
    expect(change?.['Whose']).to.equal('acme');
    expect(change?.['Margin']).to.contain(money(acme.before.margin_cents));
    expect(change?.['Margin']).to.contain(money(acme.after.margin_cents));
    const refused = await operator.submit(page, 'link-cost-line', { reason: '' });
    expect(refused.status).to.equal(422);
    const done = await operator.submit(page, 'link-cost-line', { reason: 'rebuilt under another name' });
    expect(done.text).to.contain(`Line ${line.line_no} is a cost of acme now.`);
    expect(done.text).to.contain('rebuilt under another name');
    expect((await data('billing/cost-lines?period=2026-04&matched=true&limit=100')).length).to.equal(18);
    const back = await operator.get(`${path}&target=matching`);
    await operator.submit(back, 'unlink-cost-line');
    expect((await data('billing/cost-lines?period=2026-04&matched=true&limit=100')).length).to.equal(17);
  });

  it('give exactly the lines that are filtered as CSV', async () => {
    const page = await operator.get(`/console/costs/${april}?matched=false&kind=droplet`);
    const rows = await csvAt(operator, page, 'cost-lines.csv');
    expect(rows.map((row) => row['line_no'])).to.deep.equal(
      tableOf(page, 'Lines of the invoice').map((row) => row['Line']),
    );
    const all = await csvAt(operator, await operator.get('/console/costs?month=2026-04'), 'cost-lines.csv');
    expect(all).to.have.length(33);
    const deep = await operator.get(`/console/margin?period=2026-04&tenant_id=acme&deployment_id=${site}`);
    const lines = await csvAt(operator, deep, 'margin-lines.csv');
    const costs = lines.filter((row) => row['of'] === 'cost');
    expect(costs).to.have.length(tableOf(deep, "Lines of the provider's").length);
    const whole = await csvAt(operator, await operator.get('/console/margin?period=2026-04'), 'margin.csv');
    expect(whole.map((row) => row['tenant_id'])).to.include.members(['acme', 'unattributed']);
    const known = await operator.get('/console/margin?period=2026-04&known_at=2026-01-01T00:00');
    expect(await csvAt(operator, known, 'margin.csv')).to.deep.equal([]);
    const tenant = await tenantAt(ledger.url, 'acme');
    for (const file of ['cost-lines', 'margin', 'margin-lines', 'receivables', 'payments'])
      expect((await tenant.file(`/console/files/${file}.csv`)).status, file).to.equal(403);
  });

  it('show what a resource cost on its page, line by line', async () => {
    const page = await operator.get(`/console/inventory/${droplet.id}`);
    const { data: lines } = await ok(ledger.api.get(`billing/cost-lines?resource_id=${droplet.id}`));
    const rows = tableOf(page, `Cost lines of ${droplet.name}`);
    expect(rows.map((row) => [row['Description'], row['Billed']])).to.deep.equal(
      lines.map((line: Json) => [line.description, money(line.amount_cents)]),
    );
    expect(rows[0]?.['Borne by']).to.equal('acme by a tie by hand');
    expect(await csvAt(operator, page, 'cost-lines.csv')).to.have.length(lines.length);
    const [other] = (await data('inventory?kind=dns_zone')) as [Json];
    expect((await operator.get(`/console/inventory/${other.id}`)).text).to.contain(
      'No ingested invoice has a line for it.',
    );
  });

  it('ingest an invoice again', async () => {
    const page = await operator.get(`/console/costs/${april}`);
    const done = await operator.submit(page, 'ingest-provider-invoice');
    expect(done.text).to.contain('33 lines, 17 of them matched').and.to.contain('matched again');
  });

  it('show a rule of shared cost before it is set', async () => {
    const page = await operator.get('/console/cost-sharing?rule=even&period=2026-04');
    expect(page.text).to.contain('becomes 39.20');
    const done = await operator.submit(page, 'set-cost-sharing');
    expect(done.text).to.contain('costs of no tenant are spread evenly.');
    expect(tableOf(done, 'Every rule')[0]).to.include({ From: '2026-04-01', Spread: 'evenly', Kinds: 'all' });
    await ok(ledger.api.put('cost-sharing', { rule: 'none', effective_from: '2026-04-01' }));
    await ledger.settled();
    expect((await operator.get('/console/cost-sharing?rule=fair')).status).to.equal(422);
  });

  it('spread the chosen kinds alone', async () => {
    const page = await operator.get('/console/cost-sharing?rule=even&period=2026-04&kind_droplet=on');
    const would = await data('cost-sharing/preview?rule=even&period=2026-04&kinds=droplet');
    expect(page.text).to.contain(`becomes ${money(would.overall.after.shared_cents)}`);
    const [box] = page.root.querySelectorAll('input[name="kind_droplet"]');
    expect(box?.hasAttribute('checked')).to.equal(true);
    const [form] = formsOf(page, 'set-cost-sharing');
    expect(form?.querySelector('input[name="kinds"]')?.getAttribute('value')).to.equal('droplet');
  });

  it('give a project to a tenant, and tie it by rule', async () => {
    const [project] = await data('projects');
    const page = await operator.get(`/console/projects?open=${project.id}`);
    const done = await operator.submit(page, 'assign-project', { tenant_id: 'acme' });
    expect(done.text).to.contain('The project belongs to acme');
    const ruled = await operator.submit(done, 'set-project-deploys', { deployment_id: site });
    expect(ruled.text).to.contain('The rule holds');
    expect(formsOf(ruled, 'end-project-deploys')).to.have.length(1);
    const ended = await operator.submit(ruled, 'end-project-deploys');
    expect(ended.text).to.contain('The rule has ended');
  });

  it('lead from the whole margin to its lines, each figure that of the API', async () => {
    const margin = await data('dashboard/margin?period=2026-04');
    const page = await operator.get('/console/margin?period=2026-04');
    const rows = tableOf(page, 'Margin of April 2026 by tenant');
    expect(rows.map((row) => [row['Whose'], row['Margin']])).to.deep.equal([
      ...margin.tenants.map((one: Json) => [one.tenant_id, money(one.margin_cents)]),
      ['Unattributed', money(-margin.overall.unattributed_cents)],
    ]);
    const leakage = await data('dashboard/leakage?period=2026-04');
    expect(page.text).to.contain(money(leakage.total_cents));
    const heads = page.root.querySelectorAll('#leakage .row-group').map((one) => one.textContent);
    const reasons = new Set(leakage.items.map(({ reason }: Json) => reason));
    expect(heads).to.have.length(reasons.size);
    const tenant = await operator.get('/console/margin?period=2026-04&tenant_id=acme');
    expect(tableOf(tenant, 'Margin of April 2026 by deployment')).to.have.length(
      margin.deployments.filter((one: Json) => one.tenant_id === 'acme').length,
    );
    const deep = await operator.get(`/console/margin?period=2026-04&tenant_id=acme&deployment_id=${site}`);
    const lines = await ok(ledger.api.get(`dashboard/margin/lines?period=2026-04&deployment_id=${site}`));
    expect(tableOf(deep, "Lines of the provider's").map((row) => row['Cost'])).to.deep.equal(
      lines.data.map((line: Json) => money(line.cost_cents)),
    );
    const rest = await operator.get('/console/margin?period=2026-04&borne_by=unattributed');
    expect(rest.text).to.contain(money(margin.overall.unattributed_cents));
  });

  it('draw the months of a margin, each figure that of the API', async () => {
    for (const of of ['', '&tenant_id=acme', `&tenant_id=acme&deployment_id=${site}`]) {
      const page = await operator.get(`/console/margin?period=2026-04${of}`);
      const drawn = JSON.parse(page.root.querySelector('[data-series]')?.getAttribute('data-series') ?? '{}');
      const { months } = await data(`dashboard/margin/months?to=2026-04${of}`);
      const shown = months.slice(-drawn.labels.length);
      expect(drawn.labels).to.have.length.above(1);
      expect(drawn.labels).to.deep.equal(shown.map(({ period }: Json) => period.slice(0, 7)));
      expect(drawn.lines.map(({ values }: Json) => values)).to.deep.equal(
        ['revenue_cents', 'cogs_cents', 'margin_cents'].map((name) => shown.map((one: Json) => one[name])),
      );
    }
  });

  it('show a margin as it was known, and refuse what is no month', async () => {
    const page = await operator.get('/console/margin?period=2026-04&known_at=2026-01-01T00:00');
    expect(page.text).to.contain('By what was known at 2026-01-01 00:00 UTC');
    expect(page.text).to.contain('neither revenue nor costs');
    // The moment is picked in the head, and needs no row of its own while it is now.
    const now = await operator.get('/console/margin?period=2026-04&cursor=x');
    const form = now.root.querySelector('.page-tools details:not([open]) form');
    expect(Object.keys(form === null ? {} : fieldsOfForm(form))).to.deep.equal(['period', 'known_at']);
    expect((await operator.get('/console/margin?period=April')).status).to.equal(422);
    expect((await operator.get('/console/margin?period=2026-13')).status).to.equal(422);
    expect((await operator.get('/console/margin?known_at=never')).status).to.equal(422);
  });
});
