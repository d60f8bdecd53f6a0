import { expect } from 'chai';
import { tenantInvoiceLines, tenantInvoices } from '../../projections/invoicing/tables.ts';
import { checkChain } from '../../src/journal/chain/check-chain.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { verifyInvoicesOf } from '../../src/invoicing/verify-invoices.ts';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok } from '../support/http/api.ts';
import { meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { closeItems } from '../support/invoicing/close-items.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('the close list, the proof of the month', () => {
  let ledger: TestLedger;
  const id = invoiceId('acme', '2026-04-01');
  /** With a change in the database, and without it again. */
  const withChange = async (
    change: () => Promise<unknown>,
    undo: () => Promise<unknown>,
    check: () => Promise<void>,
  ): Promise<void> => {
    await change();
    try {
      await check();
    } finally {
      await undo();
    }
  };
  const verify = async () => (await closeItems(ledger)).verify;

  before(async () => {
    ledger = await seededLedger({ postgresLog: true });
    const site = await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'other', 'site');
    await meter(ledger, 'acme', site, '2026-04-15', [{ resource_kind: 'droplet_hours', qty: '1500' }]);
    await ledger.settled();
    await rollup(ledger);
    await ok(
      ledger.api.post(`invoices/${invoiceId('other', '2026-04-01')}/credit`, {
        reason: 'a slow week',
        lines: [{ description: 'Goodwill', amount_cents: 100 }],
      }),
      201,
    );
    await completeChain(ledger.sql);
  });
  after(() => ledger.close());

  it('is right as long as everything follows from the events', async () => {
    const { status, count, detail } = await verify();
    expect([status, count]).to.deep.equal(['ok', 0]);
    expect(detail).to.match(/^2 issues and 1 note of 2026-04 derived again, \d+ events since it began/);
  });

  it('names an invoice whose row is not what was issued', async () => {
    const { sql } = ledger;
    await withChange(
      () => sql`update ${sql(tenantInvoices.ref)} set total_cents = total_cents - 1 where id = ${id}`,
      () => sql`update ${sql(tenantInvoices.ref)} set total_cents = total_cents + 1 where id = ${id}`,
      async () => {
        const item = await verify();
        expect(item).to.include({ status: 'blocks', count: 1, link: '/api/v1/invoices?period=2026-04' });
        expect(item.detail).to.contain(`the read model of invoice ${id}`);
      },
    );
  });

  it('names an invoice whose rows do not add up', async () => {
    const { sql } = ledger;
    const add = (cents: number) => sql`
      update ${sql(tenantInvoiceLines.ref)} set amount_cents = amount_cents + ${cents}
      where invoice_id = ${id} and kind = 'plan_base'`;
    await withChange(
      () => add(1),
      () => add(-1),
      async () => {
        const item = await verify();
        expect(item).to.include({ status: 'blocks', count: 1 });
        expect(item.detail).to.contain(`the read model of invoice ${id}`);
      },
    );
  });

  it('names a read model that is parked', async () => {
    const { sql } = ledger;
    await withChange(
      () => sql`update projection_checkpoints set status = 'parked' where name = 'catalog'`,
      () => sql`update projection_checkpoints set status = 'live' where name = 'catalog'`,
      async () => {
        const item = await verify();
        expect(item).to.include({ status: 'blocks', count: 1, link: '/api/v1/projections' });
        expect(item.detail).to.contain('read model catalog is parked');
      },
    );
  });

  it('names an issue that does not follow from its inputs, and the events that were changed', async () => {
    const { sql } = ledger;
    const replace = (from: string, to: string) => sql`
      update journal set data = replace(data::text, ${from}, ${to})::json
      where stream = ${`invoice-${id}`} and type = 'InvoiceIssued'`;
    await withChange(
      () => replace('"tax_name":"GST"', '"tax_name":"VAT"'),
      () => replace('"tax_name":"VAT"', '"tax_name":"GST"'),
      async () => {
        const item = await verify();
        expect(item).to.include({ status: 'blocks', count: 2 });
        expect(item.detail).to.contain(`invoice ${id}, issue 1: tax_name: issued VAT, derived GST`);
        expect(item.detail).to.match(/hash chain: position \d+ \(InvoiceIssued\) is not what was chained/);
        const verified = await ledger.ledger.read((db) => verifyInvoicesOf(db, [id, 'unknown'], 'AUD'));
        expect(verified).to.include({ issues: 1, corrections: 0 });
        expect(verified.differences.map(({ problem }) => problem)).to.deep.equal(['terms']);
      },
    );
    expect((await verify()).status).to.equal('ok');
  });

  it('compares the events since an instant, as many as are wanted', async () => {
    const check = (since: string, limit = 1_000) =>
      ledger.ledger.read((db) => checkChain(db, { since, limit }));
    const events = await ledger.eventCount();
    expect(await check('2026-04-01T00:00:00.000Z')).to.deep.equal({
      events,
      position: events,
      isCut: false,
      fault: null,
    });
    expect(await check('2026-04-01T00:00:00.000Z', 3)).to.deep.include({ events: 3, isCut: true });
    expect(await check('2030-01-01T00:00:00.000Z')).to.deep.include({ events: 0, fault: null });
  });

  it('misses a chained event that is gone', async () => {
    const { sql } = ledger;
    const events = await ledger.eventCount();
    await sql`insert into journal_hashes select position + 1, hash from journal_hashes
      where position = ${events}`;
    const { fault } = await ledger.ledger.read((db) =>
      checkChain(db, { since: '2026-04-01T00:00:00.000Z', limit: 1_000 }),
    );
    expect(fault).to.deep.equal({
      position: events + 1,
      detail: `position ${events + 1} is not in the journal any more`,
    });
  });
});
