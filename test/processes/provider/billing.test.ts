import { expect } from 'chai';
import {
  aBillingEntry,
  aDroplet,
  invoiceColumns,
  invoiceCsv,
  type CsvStyle,
  type InvoiceAvailability,
} from '../../../simulators/digitalocean/index.ts';
import { ok, problem } from '../../support/http/api.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { InvoiceStage, invoiceRow as row } from '../../support/processes/invoice-stage.ts';
import { rowOf, suiteHasProvider } from '../../support/processes/provider-stage.ts';
import { completed } from '../../support/processes/sync-run.ts';

describe('the ledger and what the provider bills', () => {
  let ledger: TestLedger;
  const stage = new InvoiceStage(() => ledger);
  suiteHasProvider(
    () => ({}),
    (started) => {
      ledger = started;
    },
  );

  it('F1 list, history, summary and CSV each in its time: nothing half, and all in the end', async () => {
    const sim = ledger.digitalOcean;
    const later = new Date(sim.clock.now() + 3_600_000).toISOString();
    const orders: [string, InvoiceAvailability, string | undefined][] = [
      ['list first', { summary_at: later, csv_at: later, items_at: later }, later],
      ['history first', { list_at: later, csv_at: later, missing_status: 500 }, undefined],
      ['together, summary late', { summary_at: later, missing_status: 500 }, undefined],
    ];
    const uuids = orders.map(([name, availability, historyAt]) =>
      stage.add([row(`${name} (s)`, '$1.00')], {
        availability,
        ...(historyAt === undefined ? {} : { historyAt }),
      }),
    );
    const first = await completed(ledger, 'billing.history');
    expect(first).to.include({ discovered: 3, ingested: 0 });
    for (const uuid of uuids) {
      expect(await stage.invoice(uuid)).to.include({ status: 'discovered', lines: 0 });
      expect(await stage.linesOf(uuid)).to.deep.equal([]);
    }
    sim.clock.advance(3_600_000);
    expect(await completed(ledger, 'billing.history')).to.deep.include({
      discovered: 0,
      ingested: 3,
      failed: [],
    });
    for (const uuid of uuids) expect(await stage.invoice(uuid)).to.include({ status: 'ingested', lines: 1 });
  });

  it('F2 a preview is no invoice, under any name, whether it keeps its UUID or not', async () => {
    const sim = ledger.digitalOcean;
    const csv = invoiceCsv([row('so far (s)', '$1.00')]);
    for (const uuid of ['b1b1e3a0-0000-4000-8000-000000000001', 'b1b1e3a0-0000-4000-8000-000000000002']) {
      sim.setPreview({ uuid, period: '2026-05', csv });
      await problem(ledger.api.post(`billing/invoices/${uuid}/ingest`), 404);
      await completed(ledger, 'billing.history');
      expect(await stage.invoice(uuid)).to.equal(undefined);
    }
    await problem(ledger.api.post('billing/invoices/preview/ingest'), 422, 'uuid');
    // The UUID of the preview is kept when the month is closed.
    const kept = stage.add([row('in the end (s)', '$2.00')], {
      uuid: 'b1b1e3a0-0000-4000-8000-000000000002',
    });
    delete sim.account.invoice_preview;
    expect(await completed(ledger, 'billing.history')).to.include({ discovered: 1, ingested: 1 });
    expect(await stage.invoice(kept)).to.include({ lines: 1, amount_cents: 200 });
  });

  it('F3 months without an invoice, and 70 invoices first seen at once', async () => {
    stage.passOver(2);
    const uuids = Array.from({ length: 70 }, (_, n) => stage.add([row(`worker-${n} (s)`, '$0.01')]));
    const first = await completed(ledger, 'billing.history');
    expect(first).to.deep.include({ discovered: 70, ingested: 70, failed: [] });
    expect(await completed(ledger, 'billing.history')).to.include({ discovered: 0, ingested: 0 });
    for (const uuid of [uuids[0] ?? '', uuids[69] ?? ''])
      expect(await stage.invoice(uuid)).to.include({ lines: 1 });
  });

  it('F4 a history of all types, equal payments, old rows and paging as it likes', async () => {
    const sim = ledger.digitalOcean;
    for (const type of ['ACHFailure', 'Adjustment', 'AttemptFailed', 'Chargeback', 'Credit'])
      sim.addBillingEntry(aBillingEntry({ type }));
    for (const type of ['CreditExpiration', 'Payment', 'Payment', 'Refund', 'Reversal', 'Novelty'])
      sim.addBillingEntry(aBillingEntry({ type, date: '2020-01-01T00:00:00Z' }));
    for (const paging of ['honoured', 'ignored'] as const) {
      for (const total of [true, false]) {
        Object.assign(sim.options, { billingHistoryPaging: paging, billingHistoryTotal: total });
        const before = await ledger.eventCount();
        expect(await completed(ledger, 'billing.history'), paging).to.deep.include({
          discovered: 0,
          failed: [],
        });
        expect(await ledger.eventCount(), 'no entry but an invoice is recorded').to.equal(before);
      }
    }
  });

  it('F5 an amount that its rows do not come to is shown, by a cent and by a row', async () => {
    const rows = [row('a (s)', '$1.00'), row('b (s)', '$2.00')];
    expect(await stage.ingest(stage.add(rows))).to.include({ difference_cents: 0 });
    for (const [amount, difference_cents] of [
      ['3.01', 1],
      ['2.99', -1],
      ['5.00', 200],
    ] as const) {
      const uuid = stage.add(rows, { amount });
      expect(await stage.ingest(uuid)).to.include({ difference_cents, lines_total_cents: 300 });
      expect(await stage.invoice(uuid)).to.include({ difference_cents });
    }
  });

  it('F6 every form of a CSV comes to the same lines', async () => {
    const rows = [
      row('quoted, "q"\nnext (s)', '$1,234.56', { project_name: 'Zürich 東京', hours: '' }),
      row('minus (s)', '-$1.00'),
      row('minus too (s)', '$-1.00'),
      row('nothing (s)', '$0.00'),
      row('twin (s)', '$1.00'),
      row('twin (s)', '$1.00'),
      row('x', '$0.01', { product: 'Hovercraft' }),
    ];
    const styles: CsvStyle[] = [
      { columns: invoiceColumns.slice(0, 7) },
      { columns: invoiceColumns.slice(0, 8) },
      {},
      { columns: [...invoiceColumns].reverse() },
      { columns: [...invoiceColumns, 'sku'] },
      { eol: '\r\n', bom: true },
      { finalNewline: false },
      { quoteAll: true },
    ];
    for (const style of styles) {
      const answer = await stage.ingest(stage.add(invoiceCsv(rows, style), { amount: '1234.57' }));
      expect(answer, JSON.stringify(style)).to.include({
        lines: 7,
        lines_total_cents: 123_457,
        difference_cents: 0,
      });
    }
    expect(await stage.ingest(stage.add([]))).to.include({ lines: 0, lines_total_cents: 0 });
  });

  it('F7 fetched twice: nothing; other content under the UUID: seen; another address: nothing', async () => {
    const sim = ledger.digitalOcean;
    const uuid = stage.add([row('a (s)', '$1.00')]);
    expect(await stage.ingest(uuid)).to.include({ changed: true });
    const before = await ledger.eventCount();
    expect(await stage.ingest(uuid)).to.include({ changed: false });
    sim.setInvoiceSummary(uuid, { user_name: 'Another', user_company: 'Elsewhere Ltd' });
    expect(await stage.ingest(uuid)).to.include({ changed: false });
    expect(await ledger.eventCount()).to.equal(before);
    sim.setInvoiceCsv(uuid, invoiceCsv([row('b (s)', '$1.00')]));
    expect(await stage.ingest(uuid)).to.include({ changed: true, lines: 1 });
    const types = (await ledger.ledger.events(`provider-invoice-${uuid}`)).map(({ type }) => type);
    expect(types.filter((type) => type === 'ProviderInvoiceIngested')).to.have.length(2);
    expect((await stage.linesOf(uuid)).map(({ description }) => description)).to.deep.equal(['b (s)']);
  });

  it('F8 names of the gone, the renamed, the resized and of twins: none guessed', async () => {
    const sim = ledger.digitalOcean;
    for (const [id, name] of [
      [1, 'old-name'],
      [2, 'twin'],
      [3, 'twin'],
      [4, 'resized'],
    ] as const)
      sim.create('droplet', aDroplet({ id, name, created_at: '2010-01-01T00:00:00Z' }));
    await completed(ledger, 'sync.droplets');
    sim.rename('droplet', 1, 'new-name');
    await completed(ledger, 'sync.droplets');
    const uuid = stage.add([
      row('old-name (s-1vcpu-1gb)', '$0.50', { project_name: '' }),
      row('new-name (s-1vcpu-1gb)', '$0.50', { project_name: '' }),
      row('twin (s-1vcpu-1gb)', '$1.00'),
      row('never-seen (s-1vcpu-1gb)', '$1.00', { project_name: 'a project of another name' }),
      row('resized (s-1vcpu-1gb)', '$1.00'),
      row('resized (s-2vcpu-2gb)', '$2.00'),
    ]);
    expect(await stage.ingest(uuid)).to.include({ lines: 6, lines_total_cents: 600, difference_cents: 0 });
    const lines = await stage.linesOf(uuid);
    const resourceOf = (name: string) =>
      lines.filter((line) => line.description.startsWith(name)).map((line) => line.resource_id);
    expect(resourceOf('twin')).to.deep.equal([null]);
    expect(resourceOf('never-seen')).to.deep.equal([null]);
    const idOf = async (providerId: number): Promise<string> => (await rowOf(ledger, providerId)).id;
    // The name that it had in the time of the line decides: the new one came after.
    expect(resourceOf('old-name')).to.deep.equal([await idOf(1)]);
    expect(resourceOf('new-name')).to.deep.equal([null]);
    // Two rows of one droplet, one for each size.
    expect(resourceOf('resized')).to.deep.equal([await idOf(4), await idOf(4)]);
  });

  it('F9 hours that are floored, capped, missing or seconds: the amount is taken as given', async () => {
    const uuid = stage.add([
      row('floored (s)', '$8.84', { hours: '297' }),
      row('capped (s)', '$5.00', { hours: '672' }),
      row('a second (s)', '$0.01', { hours: '0' }),
      row('a part (s)', '$0.02', { hours: '0.0166667' }),
      row('no hours (s)', '$1.00', { hours: '' }),
    ]);
    expect(await stage.ingest(uuid)).to.include({ lines: 5, lines_total_cents: 1487, difference_cents: 0 });
  });

  it('F10 a balance that is old, negative, or does not add up is recorded as given', async () => {
    const sim = ledger.digitalOcean;
    sim.setBalance({
      month_to_date_balance: '-27.52',
      account_balance: '0.00',
      month_to_date_usage: '-27.40',
      generated_at: '2026-04-01T00:00:00Z',
    });
    await completed(ledger, 'billing.balance');
    await ledger.settled();
    expect((await ok(ledger.api.get('billing/balance'))).data).to.include({
      month_to_date_balance_cents: -2752,
      account_balance_cents: 0,
      month_to_date_usage_cents: -2740,
      generated_at: '2026-04-01T00:00:00.000Z',
    });
    const recorded = async () =>
      (await ledger.ledger.events(`balance-${ledger.clock.now().slice(0, 10)}`)).length;
    expect(await recorded()).to.equal(1);
    await completed(ledger, 'billing.balance');
    expect(await recorded()).to.equal(1);
  });
});
