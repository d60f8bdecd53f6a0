import { expect } from 'chai';
import { invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { syncAll } from '../support/processes/sync-run.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const uuid = 'a3a1e3a0-0000-4000-8000-000000000001';
const row = (description: string, usd: string) => ({ product: 'Droplets', description, usd });

// The tests build on each other: the invoice of a month of its own is issued anew again and again.
describe('links of cost lines, through the life of an invoice', () => {
  let ledger: TestLedger;
  let mine: string;
  let theirs: string;
  let hers: string;
  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, finance: true });
    await syncAll(ledger);
    const { data } = await ok(ledger.api.get('inventory?kind=droplet'));
    [mine, theirs] = [data[0].id, data[1].id];
    hers = await subscribed(ledger, 'hers', 'site');
    const tie = { resource_id: theirs, effective_from: '2026-04-01' };
    await ok(ledger.api.post(`deployments/${hers}/resources`, tie), 201);
    await ok(ledger.api.post(`billing/invoices/${april}/ingest`));
    ledger.digitalOcean.addInvoice({ uuid, period: '2026-03', csv: invoiceCsv(rows) });
    await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
  });
  after(() => ledger.close());

  const rows = [row('lost (s)', '$1.00'), row('lost (s)', '$1.00'), row('lost (s)', '$1.00')];
  const path = (line: number, invoice = uuid) => `billing/cost-lines/${invoice}:${line}/link`;
  const lines = async (period = '2026-03'): Promise<Json[]> =>
    (await ok(ledger.api.get(`billing/cost-lines?period=${period}&limit=100`))).data;
  const linked = async (): Promise<(string | null)[]> =>
    (await lines()).filter(({ invoice_uuid }) => invoice_uuid === uuid).map(({ resource_id }) => resource_id);
  const reissue = async (again: { description: string; usd: string; product: string }[]) => {
    ledger.digitalOcean.setInvoiceCsv(uuid, invoiceCsv(again));
    await ok(ledger.api.post(`billing/invoices/${uuid}/ingest`));
    return linked();
  };
  /** What the margin and the leakage of April say of a tenant, and of all. */
  const figures = async (query = ''): Promise<Json> => {
    const { data } = await ok(ledger.api.get(`dashboard/margin?period=2026-04${query}`));
    const { tenants, overall } = data;
    return {
      hers: tenants.find((one: Json) => one.tenant_id === 'hers')?.cogs_cents ?? 0,
      unattributed: overall.unattributed_cents,
      all: overall.cogs_cents,
    };
  };
  const leak = async (): Promise<Json> => (await ok(ledger.api.get('dashboard/leakage?period=2026-04'))).data;

  it('keep to one of several equal lines, and to its place among them', async () => {
    await ok(ledger.api.post(path(2), { resource_id: mine, reason: 'the second' }));
    expect(await linked()).to.deep.equal([null, mine, null]);
    const first = row('new (s)', '$0.50');
    expect(await reissue([first, ...rows])).to.deep.equal([null, null, mine, null]);
    expect(await reissue([...rows.slice(0, 2), first])).to.deep.equal([null, mine, null]);
  });

  it('rest while their line is gone, and hold when it is back', async () => {
    expect(await reissue(rows.slice(0, 1))).to.deep.equal([null]);
    expect(await reissue([])).to.deep.equal([]);
    expect(await reissue(rows)).to.deep.equal([null, mine, null]);
    const [, second] = await lines();
    expect(second.link).to.include({ resource_id: mine, reason: 'the second' });
    expect(await reissue(rows.map((one) => ({ ...one, usd: '$2.00' })))).to.deep.equal([null, mine, null]);
  });

  it('are of one invoice: the same line of another month is not linked', async () => {
    const other = 'a3a1e3a0-0000-4000-8000-000000000002';
    ledger.digitalOcean.addInvoice({ uuid: other, period: '2026-02', csv: invoiceCsv(rows) });
    await ok(ledger.api.post(`billing/invoices/${other}/ingest`));
    expect((await lines('2026-02')).map(({ link }) => link)).to.deep.equal([null, null, null]);
  });

  it('are replaced by another, and ended where the line has another number by now', async () => {
    const { data } = await ok(ledger.api.post(path(2), { resource_id: theirs, reason: 'hers after all' }));
    expect(data.link).to.include({ resource_id: theirs, reason: 'hers after all' });
    expect(await reissue([row('new (s)', '$0.50'), ...rows])).to.deep.equal([null, null, theirs, null]);
    await ok(ledger.api.delete(path(2)), 200);
    expect(await linked(), 'a line without a link stays').to.deep.equal([null, null, theirs, null]);
    await ok(ledger.api.delete(path(3)), 200);
    expect(await reissue(rows)).to.deep.equal([null, null, null]);
  });

  it('of one line by many at once leave one of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        ledger.api.post(path(1), { resource_id: n % 2 === 0 ? mine : theirs, reason: `try ${n}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    const [line] = await lines();
    expect(line.link.resource_id).to.equal(line.resource_id);
    for (const { body } of answers) expect(body.data.link.reason).to.match(/^try \d$/);
  });

  it("move a line's cost to the tenant of the deployment, and back, to the cent", async () => {
    const line = (await lines('2026-04')).find(
      ({ unmatched_reason, amount_cents }) => unmatched_reason === 'not-found' && amount_cents > 0,
    );
    const [before, leaked] = [await figures(), await leak()];
    ledger.clock.advance(3_600_000);
    const then = ledger.clock.now();
    ledger.clock.advance(3_600_000);
    const imports = ledger.finance.invoices.get(april)?.imports;
    await ok(ledger.api.post(path(line.line_no, april), { resource_id: theirs, reason: 'hers' }));
    const after = await figures();
    expect(after).to.deep.equal({
      hers: before.hers + line.amount_cents,
      unattributed: before.unattributed - line.amount_cents,
      all: 8692,
    });
    const moved = await leak();
    expect(moved.total_cents, 'hers has no revenue yet').to.equal(leaked.total_cents);
    const reasonOf = ({ items }: Json, reason: string): number =>
      items
        .filter((one: Json) => one.reason === reason)
        .reduce((sum: number, one: Json) => sum + one.amount_cents, 0);
    expect(reasonOf(moved, 'unmatched')).to.equal(reasonOf(leaked, 'unmatched') - line.amount_cents);
    expect(reasonOf(moved, 'no-revenue')).to.equal(reasonOf(leaked, 'no-revenue') + line.amount_cents);
    expect(await figures(`&known_at=${then}`), 'as known before').to.deep.equal(before);
    ledger.clock.advance(3_600_000);
    const later = ledger.clock.now();
    ledger.clock.advance(3_600_000);
    await ok(ledger.api.post(`billing/invoices/${april}/ingest`));
    expect(await figures()).to.deep.equal(after);
    await ok(ledger.api.delete(path(line.line_no, april)));
    expect(await figures()).to.deep.equal(before);
    expect(await leak()).to.deep.equal(leaked);
    expect(await figures(`&known_at=${later}`), 'as known while it was linked').to.deep.equal(after);
    expect(ledger.finance.invoices.get(april)?.imports, 'finance has the same lines').to.equal(imports);
  });

  it('can take a matched line from its resource', async () => {
    const line = (await lines('2026-04')).find(({ resource_id }) => resource_id === theirs);
    const before = await figures();
    await ok(ledger.api.post(path(line.line_no, april), { resource_id: null, reason: 'not hers' }));
    expect(await figures()).to.deep.equal({
      hers: before.hers - line.amount_cents,
      unattributed: before.unattributed + line.amount_cents,
      all: 8692,
    });
    await ok(ledger.api.delete(path(line.line_no, april)));
    expect(await figures()).to.deep.equal(before);
  });

  it('are refused for tax and for lines that are not there any more', async () => {
    const body = { resource_id: theirs, reason: 'r' };
    const tax = (await lines('2026-04')).find(({ unmatched_reason }) => unmatched_reason === 'tax');
    await problem(ledger.api.post(path(tax.line_no, april), body), 422, 'id');
    await problem(ledger.api.post(path(tax.line_no, april), { ...body, resource_id: null }), 422, 'id');
    await reissue(rows.slice(0, 1));
    await problem(ledger.api.post(path(2), body), 404);
  });
});
