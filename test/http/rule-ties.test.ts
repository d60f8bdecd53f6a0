import { expect } from 'chai';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { commands } from '../../src/processes/commands.ts';
import { runTieRules } from '../../src/processes/ties/run-tie-rules.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { completed, inventoryOf, syncAll } from '../support/processes/sync-run.ts';

const aprilInvoice = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const pilot = 'bb448431-2ecb-509a-ae71-474f45fcf3eb';
const april = daysFrom('2026-04-01', '2026-04-30');
const cents = (rows: readonly Json[]): number =>
  rows.reduce((sum: number, { amount_cents }) => sum + amount_cents, 0);

describe('a month of ties by rule, over HTTP', () => {
  let ledger: TestLedger;
  let shop: string;
  let other: string;
  /** The resources that the rule tied. */
  let tied: Json[];
  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, now: '2026-04-01T01:00:00.000Z' });
    await syncAll(ledger);
    shop = await subscribed(ledger, 'acme', 'shop');
    other = await subscribed(ledger, 'globex', 'site', { starts_on: '2026-05-01' });
    ledger.clock.set('2026-05-02T03:00:00.000Z');
    await run('billing.ingest_invoice', { invoice_uuid: aprilInvoice });
    for (const day of april) await run('metering.day', { day });
  });
  after(() => ledger.close());

  const run = async (name: string, input: object): Promise<void> => {
    const { data } = await ok(ledger.api.post(`jobs/${name}/run`, input));
    expect([name, data.error]).to.deep.equal([name, null]);
  };
  const leakage = async (): Promise<Json> =>
    (await ok(ledger.api.get('dashboard/leakage?period=2026-04'))).data;
  const margin = async (): Promise<Json> =>
    (await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data;
  const usage = async (deployment: string): Promise<Json> =>
    (await ok(ledger.api.get(`usage?deployment_id=${deployment}&period=2026-04&limit=500`))).summary;
  const costOf = async (resources: readonly Json[]): Promise<number> => {
    const ids = new Set(resources.map(({ id }) => id));
    const { data } = await ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=500'));
    return cents((data as Json[]).filter(({ resource_id }) => ids.has(resource_id)));
  };
  const shown = async (id: string, request = {}): Promise<Json> =>
    (await ok(ledger.api.get(`inventory/${id}`, request))).data;
  const named = async (name: string): Promise<Json> =>
    (await inventoryOf(ledger)).find((row) => row.name === name);

  it('refuses what is no deployment, and names the field', async () => {
    const path = `projects/${pilot}/deploys`;
    for (const body of [{}, { deployment_id: 7 }, { deployment_id: null }, { deployment_id: 'nowhere' }])
      await problem(ledger.api.post(path, body), 422, 'deployment_id');
    const more = { deployment_id: shop, from: '2026-04-01' };
    await problem(ledger.api.post(path, more), 422, 'from');
    await problem(ledger.api.post(path, { deployment_id: shop }, { token: tenantToken('acme') }), 403);
    expect((await ok(ledger.api.get('projects'))).data.map((row: Json) => row.deploys)).to.deep.equal([
      null,
      null,
    ]);
  });

  it('meters the days since the first sighting anew', async () => {
    expect(await usage(shop)).to.deep.equal({});
    const { data } = await ok(ledger.api.post(`projects/${pilot}/deploys`, { deployment_id: shop }));
    tied = await inventoryOf(ledger, `&deployment_id=${shop}`);
    expect(data).to.deep.equal({ id: pilot, deploys: shop, changed: tied.length });
    const kinds = tied.map(({ kind }) => kind as string);
    expect([...new Set(kinds)].sort()).to.deep.equal([
      'dns_zone',
      'droplet',
      'droplet_backup',
      'snapshot',
      'spaces_bucket',
    ]);
    const { droplet_hours, dns_zones, snapshot_gb_month } = await usage(shop);
    expect([droplet_hours, dns_zones, snapshot_gb_month]).to.deep.equal(['3600', '1', '158']);
    const before = await ledger.eventCount();
    for (const day of ['2026-04-01', '2026-04-30']) await run('metering.day', { day });
    expect(await ledger.eventCount(), 'metered already').to.equal(before);
  });

  it('shows the rule of a tie, to its tenant too', async () => {
    const droplet = await named('git.example.com');
    const project = { by: 'project', project_id: pilot };
    const { tie, rule, ties, tenant_id } = await shown(droplet.id, { token: tenantToken('acme') });
    expect(tie).to.deep.equal({
      deployment_id: shop,
      tenant_id: 'acme',
      effective_from: '2026-04-01',
      effective_to: null,
      rule: project,
    });
    expect(ties).to.deep.equal([tie]);
    expect(rule).to.deep.equal({ ...project, deployment_id: shop });
    expect(tenant_id).to.equal('acme');
    const source = { by: 'source', resource_id: droplet.id };
    const snapshot = tied.find((one) => one.attrs.resource_id === droplet.provider_id);
    const taken = await shown(String(snapshot.id));
    expect(taken.tie).to.deep.include({ deployment_id: shop, rule: source });
    expect(taken.rule).to.deep.equal({ ...source, deployment_id: shop });
    await problem(ledger.api.get(`inventory/${droplet.id}`, { token: tenantToken('globex') }), 404);
    const known = (await ok(ledger.api.get(`inventory/${droplet.id}?known_at=2026-05-01T00:00:00Z`))).data;
    expect([known.tie, known.rule]).to.deep.equal([null, null]);
  });

  it('bills the usage, and takes what is tied out of the leakage, to the cent', async () => {
    const before = await leakage();
    expect(before.total_cents, 'no revenue yet').to.equal(8692);
    const cost = await costOf(tied);
    expect(cost).to.be.greaterThan(2933);
    const { data: invoices } = (await rollup(ledger), await ok(ledger.api.get('invoices?period=2026-04')));
    const mine = invoices.find(({ tenant_id }: Json) => tenant_id === 'acme');
    const { lines } = await invoiceOf(ledger, mine.id);
    const hours = lines.find(({ resource_kind }: Json) => resource_kind === 'droplet_hours');
    expect(hours).to.deep.include({ deployment_id: shop });
    const { total_cents, items, at_billed_tenants } = await leakage();
    expect(total_cents).to.equal(8692 - cost);
    expect(items.filter(({ deployment_id }: Json) => deployment_id === shop)).to.deep.equal([]);
    expect(at_billed_tenants).to.deep.equal([]);
    const { overall, deployments } = await margin();
    const own = deployments.find(({ deployment_id }: Json) => deployment_id === shop);
    expect([own.cogs_cents, overall.unattributed_cents]).to.deep.equal([cost, 8692 - cost]);
    expect(own.revenue_cents).to.be.greaterThan(0);
  });

  it('leaves an invoiced month alone, whatever becomes of the rule', async () => {
    const month = async () => [await usage(shop), await margin(), await leakage()];
    const before = await month();
    await ok(ledger.api.post(`projects/${pilot}/deploys`, { deployment_id: other }));
    const { ties } = await shown((await named('git.example.com')).id);
    expect(ties.map((tie: Json) => [tie.deployment_id, tie.effective_from, tie.effective_to])).to.deep.equal([
      [shop, '2026-04-01', '2026-05-02'],
      [other, '2026-05-02', null],
    ]);
    expect(await month()).to.deep.equal(before);
    expect(await usage(other)).to.deep.equal({});
    const late = { resource_id: (await named('example.com')).id, deployment_id: shop };
    const resource_id = late.resource_id;
    const body = { resource_id, effective_from: '2026-04-20' };
    await problem(ledger.api.post(`deployments/${shop}/resources`, body), 409);
    await ok(ledger.api.post(`projects/${pilot}/deploys`, { deployment_id: shop }));
    expect(await month()).to.deep.equal(before);
  });

  it('does not meter a tie of a day that was invoiced meanwhile', async () => {
    const zone = (await named('example.org')).id as string;
    // The tie was cut off from its metering, and the month was invoiced then: as if made before the invoice.
    const late = await subscribed(ledger, 'initech', 'late');
    const tie = { resource_id: zone, deployment_id: late, effective_from: '2026-04-10' };
    await ledger.ledger.execute(commands.tieResource, tie, ledger.meta());
    await rollup(ledger);
    await runTieRules(ledger.ledger, { meta: () => ledger.meta() });
    expect(await usage(late)).to.deep.equal({});
    ledger.clock.set('2026-05-03T03:00:00.000Z');
    await run('metering.day', { day: '2026-05-02' });
    expect(await usage(late)).to.deep.equal({});
  });

  it('ends with a project that is gone, whose rule can no longer be set', async () => {
    ledger.digitalOcean.remove('project', pilot);
    await completed(ledger, 'sync.projects');
    const { tie, rule, events } = await shown((await named('git.example.com')).id);
    expect([tie, rule]).to.deep.equal([null, null]);
    expect(events.at(-1)).to.deep.nested.include({
      type: 'ResourceUntied',
      'data.effective_to': '2026-05-03',
    });
    for (const { id } of tied) expect((await shown(String(id))).tie, String(id)).to.equal(null);
    await problem(ledger.api.post(`projects/${pilot}/deploys`, { deployment_id: shop }), 404);
    expect(await runTieRules(ledger.ledger, { meta: () => ledger.meta() })).to.equal(0);
    await ok(ledger.api.delete(`projects/${pilot}/deploys`));
    const before = await ledger.eventCount();
    await ok(ledger.api.delete(`projects/${pilot}/deploys`));
    expect(await ledger.eventCount()).to.equal(before);
  });
});
