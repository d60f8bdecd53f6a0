import { expect } from 'chai';
import {
  aDroplet,
  aProject,
  aSnapshot,
  emptyAccount,
  invoiceCsv,
} from '../../simulators/digitalocean/index.ts';
import { problem, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { InvoiceStage, invoiceRow as row } from '../support/processes/invoice-stage.ts';
import { rowOf, suiteHasProvider } from '../support/processes/provider-stage.ts';
import { completed, syncs } from '../support/processes/sync-run.ts';

const item = (product: string, description: string, amount: string, more: Json = {}): Json => ({
  product,
  description,
  amount,
  ...more,
});

describe('the books of what the provider bills', () => {
  let ledger: TestLedger;
  const stage = new InvoiceStage(() => ledger);
  const resourceOf = async (providerId: string | number, kind: string): Promise<string> => {
    const { body } = await ledger.api.get(`inventory?kind=${kind}&limit=500`);
    return body.data.find((one: Json) => one.provider_id === String(providerId)).id;
  };
  const matchesOf = async (uuid: string): Promise<Json[]> =>
    (await stage.linesOf(uuid)).map(({ resource_id, unmatched_reason }) => resource_id ?? unmatched_reason);

  suiteHasProvider(
    () => ({ account: { ...emptyAccount(), projects: [aProject({ name: 'shop' })] } }),
    async (started) => {
      ledger = started;
      const sim = ledger.digitalOcean;
      const created_at = '2010-01-01T00:00:00Z';
      sim.create('droplet', aDroplet({ id: 77, name: 'both', created_at }));
      sim.create('snapshot', aSnapshot({ id: '77', name: 'both', resource_id: '77', created_at }));
      sim.create('droplet', aDroplet({ id: 78, name: 'young', created_at: '2026-05-01T00:00:00Z' }));
      for (const job of syncs) await completed(ledger, job);
    },
    { finance: true },
  );

  it('know a droplet and a snapshot of one id and one name by the kind of the line', async () => {
    const [droplet, snapshot] = [await resourceOf(77, 'droplet'), await resourceOf(77, 'snapshot')];
    expect(droplet).not.to.equal(snapshot);
    const rows = [
      row('both (s-1vcpu-1gb)', '$1.00'),
      row('both (4 GB)', '$0.20', { product: 'Droplet Snapshots' }),
      row('both (Weekly Backup Services)', '$0.10', { product: 'Droplet Backups' }),
    ];
    const byName = stage.add(rows);
    await stage.ingest(byName);
    expect(await matchesOf(byName)).to.deep.equal([droplet, snapshot, droplet]);
    const items = [
      item('Droplets', 'both (s-1vcpu-1gb)', '1.00', { resource_id: '77' }),
      item('Droplet Snapshots', 'both (4 GB)', '0.20', { resource_id: '77' }),
      item('Droplet Backups', 'both (Weekly Backup Services)', '0.10', { resource_id: '77' }),
    ];
    const byId = stage.add(rows, { items });
    await stage.ingest(byId);
    expect(await matchesOf(byId)).to.deep.equal([droplet, snapshot, droplet]);
  });

  it('go by an id also where the mirror saw the resource at another time, by a name not', async () => {
    const rows = [row('young (s-1vcpu-1gb)', '$1.00')];
    const named = stage.add(rows);
    await stage.ingest(named);
    expect(await matchesOf(named)).to.deep.equal(['not-found']);
    const known = stage.add(rows, {
      items: [item('Droplets', 'young (s-1vcpu-1gb)', '1.00', { resource_id: '78' })],
    });
    await stage.ingest(known);
    expect(await matchesOf(known)).to.deep.equal([await resourceOf(78, 'droplet')]);
    ledger.digitalOcean.setAvailability(known, { items_at: '2099-01-01T00:00:00Z' });
    expect(await stage.ingest(known), 'the id still holds without that form').to.include({ changed: false });
  });

  it('take lines alone from the CSV: other items, fewer and more of them change no amount', async () => {
    const rows = [row('a (s)', '$1.00'), row('b (s)', '$2.00'), row('b (s)', '$2.00')];
    for (const items of [
      [],
      [item('Droplets', 'b (s)', '2.00', { resource_id: '77' })],
      [item('Droplets', 'c (s)', '9.00'), item('Taxes', 'GST', '0.90'), item('Droplets', 'a (s)', '1.01')],
    ])
      expect(await stage.ingest(stage.add(rows, { items }))).to.include({
        lines: 3,
        lines_total_cents: 500,
        tax_cents: 0,
        difference_cents: 0,
      });
  });

  it('go without the items whose second page fails, and have their ids once it answers', async () => {
    const sim = ledger.digitalOcean;
    const rows = Array.from({ length: 201 }, (_, n) => row(`gone-${n} (s)`, '$0.01'));
    const items = rows.map(({ description }, n) =>
      item('Droplets', description, '0.01', n === 200 ? { resource_id: '78' } : {}),
    );
    const uuid = stage.add(rows, { items });
    const path = `/v2/customers/my/invoices/${uuid}`;
    const fault = sim.faults.inject({ path, page: 2, effect: { kind: 'status', status: 500 } });
    expect(await stage.ingest(uuid)).to.include({ lines: 201, lines_total_cents: 201, matched: 0 });
    expect(fault.hits).to.be.greaterThan(1);
    fault.remove();
    ledger.clock.advance(3_600_000);
    expect(await stage.ingest(uuid)).to.include({ lines: 201, matched: 1 });
    expect((await matchesOf(uuid)).at(-1)).to.equal(await resourceOf(78, 'droplet'));
  });

  it('report groups of the summary that do not come to its amount', async () => {
    const uuid = stage.add([row('a (s)', '$1.00'), row('GST', '$0.10', { product: 'Taxes' })], {
      summary: { taxes: { name: 'Taxes', amount: '0.11' } },
    });
    const warnings = [{ row: 0, column: 'summary', value: 'its groups come to 1.11 of 1.10' }];
    expect(await stage.ingest(uuid)).to.deep.include({ difference_cents: 0, warnings, warnings_count: 1 });
    expect(await stage.invoice(uuid)).to.deep.include({ warnings, warnings_count: 1 });
    ledger.digitalOcean.setInvoiceSummary(uuid, { taxes: { name: 'Taxes', amount: '0.10' } });
    expect(await stage.ingest(uuid))
      .to.include({ changed: true })
      .and.not.to.have.property('warnings');
    expect(await stage.invoice(uuid)).to.deep.include({ warnings: [], warnings_count: 0, reissue: null });
  });

  it('refuse another currency and a file without a column of amounts, and keep what was there', async () => {
    const uuid = stage.add([row('a (s)', '$1.00')]);
    await stage.ingest(uuid);
    const csv = invoiceCsv([row('a (s)', '$1.00')]);
    const events = await ledger.eventCount();
    const cases: [broken: string, at: string][] = [
      [csv.replace('USD', 'EUR'), 'csv'],
      [csv.replace('USD', 'amount'), 'csv'],
      [csv.replace('product', 'thing'), 'csv'],
      [csv.replace('$1.00', '€1.00'), 'csv.1'],
      [csv.replace('$1.00', 'A$1.00'), 'csv.1'],
      [csv.replace('$1.00', '$1.005'), 'csv.1'],
      [csv.replace('$1.00', '($1.00)'), 'csv.1'],
      [csv.replace('$1.00', ''), 'csv.1'],
      ['', 'csv'],
    ];
    for (const [broken, at] of cases) {
      ledger.digitalOcean.setInvoiceCsv(uuid, broken);
      await problem(ledger.api.post(`billing/invoices/${uuid}/ingest`), 502, at);
    }
    expect(await ledger.eventCount()).to.equal(events);
    expect(await stage.linesOf(uuid)).to.have.length(1);
  });

  it('hold credits, and a sum of cents that the amount misses by one, all the way to finance', async () => {
    const rows = [
      row('a (s)', '$10.01'),
      row('DigitalOcean Credit Applied', '-$21.04', { product: 'Credits', hours: '' }),
      row('Surcharge (novel)', '$0.01', { product: 'Quantum Entanglers' }),
      row('GST Australia (10.00%)', '-$1.10', { product: 'Taxes', hours: '' }),
    ];
    const uuid = stage.add(rows, { amount: '-12.13' });
    expect(await stage.ingest(uuid)).to.include({
      amount_cents: -1213,
      lines_total_cents: -1212,
      tax_cents: -110,
      difference_cents: -1,
      pushed: 'created',
    });
    const kinds = (await stage.linesOf(uuid)).map(({ kind, unmatched_reason }) => [kind, unmatched_reason]);
    expect(kinds).to.deep.equal([
      ['droplet', 'not-found'],
      [null, 'no-kind'],
      [null, 'no-kind'],
      [null, 'tax'],
    ]);
    expect(ledger.finance.invoices.get(uuid)?.body).to.deep.include({
      amount_gross_minor: -1212,
      amount_net_minor: -1102,
      amount_tax_minor: -110,
    });
  });

  it('match each machine of a name that was given again by its time, a line over both to none', async () => {
    const sim = ledger.digitalOcean;
    const at = (time: string) => `${time.replace('T', ' ').slice(0, 19)} +0000`;
    sim.create('droplet', aDroplet({ id: 90, name: 'again', created_at: '2026-05-01T00:00:00Z' }));
    await completed(ledger, 'sync.droplets');
    const seen = (await rowOf(ledger, 90)).last_seen_at;
    sim.remove('droplet', 90);
    ledger.clock.advance(3_600_000);
    const born = ledger.clock.now();
    sim.create('droplet', aDroplet({ id: 91, name: 'again', created_at: born }));
    for (let sweep = 0; sweep < 4; sweep += 1) await completed(ledger, 'sync.droplets');
    const end = at(new Date(Date.parse(born) + 60_000).toISOString());
    const uuid = stage.add([
      row('again (s)', '$1.00', { start: at('2026-05-01T00:00:00Z'), end: at(seen) }),
      row('again (s)', '$2.00', { start: at(born), end }),
      row('again (s)', '$3.00', { start: at('2026-05-01T00:00:00Z'), end }),
    ]);
    await stage.ingest(uuid);
    expect(await matchesOf(uuid)).to.deep.equal([
      await resourceOf(90, 'droplet'),
      await resourceOf(91, 'droplet'),
      'ambiguous',
    ]);
  });
});
