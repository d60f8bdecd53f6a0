import { expect } from 'chai';
import { resourceStream } from '../../commands/inventory/resource.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { aDroplet, aVolume, emptyAccount } from '../../simulators/digitalocean/index.ts';
import { formsOf, operatorAt, tableOf, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { subscribed } from '../support/http/invoices-month.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { driftedDroplets, smallSize } from '../support/processes/drifted-droplets.ts';
import { completed } from '../support/processes/sync-run.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';

describe('inventory and drift in the console', () => {
  let test: TestLedger;
  let browser: Browser;
  let deployment: string;
  let of: ReturnType<typeof driftedDroplets>;
  const ids: Record<string, string> = {};
  before(async () => {
    const created_at = '2026-03-01T00:00:00Z';
    const droplets = ['blog', 'shop'].map((name) =>
      aDroplet({ name, size_slug: 's-1vcpu-2gb', region: 'syd1', created_at }),
    );
    const account = { ...emptyAccount(), droplets, volumes: [aVolume({ name: 'shop-data' })] };
    test = await startTestLedger({ digitalOcean: { account }, writes: true });
    of = driftedDroplets(test);
    await seedCatalog(test.ledger, () => test.meta());
    for (const job of ['sync.sizes', 'sync.droplets', 'sync.volumes']) await completed(test, job);
    deployment = await subscribed(test, 'acme', 'site');
    await test.settled();
    for (const { name, id } of (await ok(test.api.get('inventory'))).data) ids[name] = id;
    browser = await operatorAt(test.url);
  });
  after(() => test.close());

  it('lists what the API lists, under the filters of the address', async () => {
    const { data, summary } = await ok(test.api.get('inventory?kind=droplet'));
    const page = await browser.get('/console/inventory?kind=droplet');
    const rows = tableOf(page, 'Resources, costs in USD');
    expect(rows.map((row) => row['Name'])).to.deep.equal(data.map((row: Json) => row.name));
    expect(rows.map((row) => row['List price, a month'])).to.deep.equal(
      data.map((row: Json) => money(row.cost.list_monthly_cents)),
    );
    expect(page.text).to.contain(`Resources ${summary.resources}`);
    const none = await browser.get('/console/inventory?region=mars1&tied=true');
    expect(none.text).to.contain('No resource has region mars1, tied true.');
    expect((await browser.get('/console/inventory?colour=red')).status).to.equal(422);
  });

  it('shows a resource, ties it and ends the tie', async () => {
    const path = `/console/inventory/${ids['shop']}`;
    const page = await browser.get(path);
    expect(page.status).to.equal(200);
    expect(page.text).to.contain('never tied').and.to.contain('As it is now.');
    expect(page.html).to.contain(`stream=${resourceStream(ids['shop'] ?? '')}`);
    const wrong = await browser.submit(page, 'tie-resource', { 'p.id': deployment, effective_from: 'soon' });
    expect(wrong.status).to.equal(422);
    expect(formsOf(wrong, 'tie-resource')[0]?.toString()).to.contain('soon').and.to.contain('field-error');
    const tied = await browser.submit(page, 'tie-resource', {
      'p.id': deployment,
      effective_from: '2026-05-01',
    });
    expect(tied.text).to.contain('Tied from 2026-05-01 on; its usage is billed to acme.');
    expect(tableOf(tied, 'Ties')).to.have.length(1);
    expect(tableOf(tied, 'Ties')[0]).to.include({
      From: '2026-05-01',
      Before: 'still holds',
      Tenant: 'acme',
    });
    const past = await browser.get(`${path}?as_of=2026-05-09T15:05`);
    expect(past.text).to.contain('As it was at 2026-05-09 15:05 UTC, by everything that is known now.');
    const ended = await browser.submit(tied, 'untie-resource', { effective_to: '2026-05-05' });
    expect(tableOf(ended, 'Ties')[0]).to.include({ From: '2026-05-01', Before: '2026-05-05' });
    expect((await browser.get('/console/inventory/unknown')).status).to.equal(404);
  });

  it('assigns a resource and records its spec', async () => {
    const page = await browser.get(`/console/inventory/${ids['shop-data']}`);
    const assigned = await browser.submit(page, 'assign-resource', { tenant_id: 'globex' });
    expect(assigned.text).to.contain('The resource belongs to globex from now on.');
    const bad = await browser.submit(assigned, 'provision-resource', { spec: '{"size' });
    expect(bad.status).to.equal(422);
    const recorded = await browser.submit(assigned, 'provision-resource', {
      spec: '{"region": "fra1"}',
    });
    expect(recorded.text).to.contain('Version 1 of the spec is recorded.');
  });

  it('shows findings with their money and accepts one', async () => {
    const one = await of.drifted();
    const { summary } = await ok(test.api.get('drift'));
    const list = await browser.get('/console/drift');
    expect(list.text).to.contain(`+${money(summary.monthly_delta_cents)} AUD`);
    const [row] = tableOf(list, 'Findings that are open').filter((found) => found['Resource'] === one.name);
    expect(row).to.include({
      Ordered: smallSize,
      'A month more': `+${money(one.finding.monthly_delta_cents)}`,
    });
    const page = await browser.get(`/console/drift/${one.finding.id}`);
    expect(page.text).to.contain('The difference stays: +');
    const accepted = await browser.submit(page, 'accept-drift');
    expect(accepted.text).to.contain('Accepted: version 2 of the spec has the live value.');
    expect(formsOf(accepted, 'revert-drift')).to.have.length(0);
    const closed = await browser.get('/console/drift?status=accepted');
    expect(tableOf(closed, 'Findings that are accepted').map((found) => found['Resource'])).to.include(
      one.name,
    );
  });

  it('says what a revert does, asks for the name, follows it and shows how it ended', async () => {
    const one = await of.drifted();
    const path = `/console/drift/${one.finding.id}`;
    const page = await browser.get(path);
    expect(page.text).to.contain(`${one.name} is active. It is powered off, resized and powered on again`);
    expect(page.text).to.contain(`The list price changes by −${money(one.finding.monthly_delta_cents)} AUD`);
    const wrong = await browser.submit(page, 'revert-drift', { confirm: 'other' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('must be the present name of the resource, exactly');
    expect(wrong.root.querySelector('.disclosure-danger')?.hasAttribute('open')).to.equal(true);
    const begun = await browser.submit(page, 'revert-drift', { confirm: one.name });
    expect(begun.text).to.contain(`The revert to ${smallSize} is under way.`);
    await test.jobs.drain();
    await test.settled();
    const ended = await browser.get(path);
    expect(ended.text).to.contain('The droplet has the size of its spec again.');
    expect(ended.root.querySelector('#revert')?.hasAttribute('hx-get')).to.equal(false);
    expect(formsOf(ended, 'revert-drift')).to.have.length(0);
  });

  it('follows a revert that is under way', async () => {
    const one = await of.drifted();
    const seen: string[] = [];
    await of.revertWhile(one, async () => {
      await test.settled();
      const page = await browser.get(`/console/drift/${one.finding.id}`);
      expect(page.root.querySelector('#revert')?.getAttribute('hx-trigger')).to.equal('every 2s');
      expect(formsOf(page, 'accept-drift')).to.have.length(0);
      seen.push(page.root.querySelector('.phase-now')?.textContent ?? '');
    });
    expect(seen.join()).to.contain('power off under way').and.to.contain('resize under way');
  });
});
