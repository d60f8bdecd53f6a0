import { expect } from 'chai';
import fc from 'fast-check';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { invoiceById } from '../../projections/invoicing/invoice-queries.ts';
import {
  listInvoices,
  summariseInvoices,
  type ListedInvoice,
} from '../../projections/invoicing/invoice-list-queries.ts';
import { receivablesByTenant } from '../../projections/receivables/receivable-queries.ts';
import { statementFacts } from '../../projections/receivables/statement-queries.ts';
import { unsettledTenants, untakenNotes } from '../../projections/receivables/settle-queries.ts';
import { invoiceFigures, invoiceStatuses } from '../../src/pricing/invoice-figures.ts';
import { statement } from '../../src/pricing/statement.ts';
import { showRow } from '../../src/http/routes/show-invoice.ts';
import { ok } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { AccountHistory, acts, openOn } from '../support/property/account-history.ts';

const tenants = 60;
const sum = (amounts: Iterable<number>): number => [...amounts].reduce((total, cents) => total + cents, 0);

/** What rows come to, as a summary has it. */
const sumsOf = (rows: readonly ListedInvoice[], today: string) => ({
  invoices: rows.length,
  total_cents: sum(rows.map((row) => row.total_cents)),
  open_cents: sum(rows.map((row) => showRow(row, today).open_cents)),
});

describe('receivables and statements, over random histories', () => {
  let ledger: TestLedger;
  const histories = new Map<string, AccountHistory>();
  before(async () => {
    ledger = await startTestLedger({ now: '2027-12-01T08:00:00.000Z' });
    const lives = fc.sample(acts, { numRuns: tenants, seed: 11 });
    for (const [index, life] of lives.entries()) {
      const tenant = `tenant-${String(index).padStart(2, '0')}`;
      const history = new AccountHistory(tenant);
      for (const act of life) history.act(act);
      history.settle();
      histories.set(tenant, history);
      const revisions = new Map<string, number>();
      for (const { stream, event, at } of history.events) {
        const revision = revisions.get(stream) ?? -1;
        const meta = { ...ledger.meta(), command: 'history' };
        await ledger.log.append(stream, [newEvent(event, stream, revision + 1, meta, at)], revision);
        revisions.set(stream, revision + 1);
      }
    }
    await ledger.settled();
  });
  after(() => ledger.close());

  it('are the open invoices on every day', async () => {
    const days = [...histories.values()].flatMap((history) => history.days());
    const some = [...new Set(days)].sort().filter((_, index) => index % 7 === 0);
    for (const day of some) {
      const rows = await ledger.ledger.query((db) =>
        receivablesByTenant(db, day, { after: null, limit: 500 }),
      );
      const shown = new Map(rows.map((row) => [row.tenant_id, row]));
      for (const [tenant, history] of histories) {
        const { open, balance } = openOn(history, day);
        const row = shown.get(tenant);
        expect(row?.total_cents ?? 0, `${tenant} ${day}`).to.equal(sum(open.values()));
        expect(row?.balance_cents ?? 0, `${tenant} ${day}`).to.equal(balance);
        if (row === undefined) continue;
        const { current_cents, days_1_30_cents, days_31_60_cents, days_61_90_cents, over_90_cents } = row;
        const aged = [current_cents, days_1_30_cents, days_31_60_cents, days_61_90_cents, over_90_cents];
        expect(sum(aged)).to.equal(row.total_cents);
      }
      const { body } = await ledger.api.get(`receivables?as_of=${day}&limit=500`);
      expect(body.totals.total_cents).to.equal(sum(rows.map((row) => row.total_cents)));
      expect(body.totals.balance_cents).to.equal(sum(rows.map((row) => row.balance_cents)));
    }
  });

  it('are paged by tenant', async () => {
    const all = (await ok(ledger.api.get('receivables?limit=500'))).data;
    const first = await ok(ledger.api.get('receivables?limit=7'));
    const next = await ok(ledger.api.get(`receivables?limit=500&cursor=${first.next_cursor}`));
    expect([...first.data, ...next.data]).to.deep.equal(all);
    expect(next.totals).to.deep.equal(first.totals);
  });

  it('have statements that chain, and close with what is open less the balance', async () => {
    for (const [tenant, history] of histories) {
      const facts = await ledger.ledger.query((db) => statementFacts(db, tenant));
      let opening = 0;
      let from = '2025-01-01';
      for (const to of history.days()) {
        if (to < from) continue;
        const { opening_cents, entries, closing_cents } = statement(facts, { from, to });
        expect(opening_cents).to.equal(opening);
        expect(opening_cents + sum(entries.map(({ amount_cents }) => amount_cents))).to.equal(closing_cents);
        const { open, balance } = openOn(history, to);
        expect(closing_cents, `${tenant} ${to}`).to.equal(sum(open.values()) - balance);
        opening = closing_cents;
        from = addDays(to, 1);
      }
    }
  });

  it('have the same figures in SQL and in code', async () => {
    for (const today of ['2026-04-01', '2026-06-01', '2027-01-01']) {
      const order = { by: 'period', isDescending: true } as const;
      const page = { order, after: null, limit: 500 };
      const { statuses, overdue: late } = await ledger.ledger.query((db) =>
        summariseInvoices(db, { tenantId: null }, today),
      );
      const rows = await ledger.ledger.query((db) => listInvoices(db, { tenantId: null }, page, today));
      expect(rows).not.to.have.length(0);
      for (const overdue of [true, false]) {
        const found = await ledger.ledger.query((db) =>
          listInvoices(db, { tenantId: null, overdue }, page, today),
        );
        expect(found.map(({ id }) => id)).to.deep.equal(
          rows.filter((row) => showRow(row, today).overdue === overdue).map(({ id }) => id),
        );
      }
      for (const status of invoiceStatuses) {
        const found = await ledger.ledger.query((db) =>
          listInvoices(db, { tenantId: null, status }, page, today),
        );
        expect(found.map(({ id }) => id)).to.deep.equal(
          rows.filter((row) => showRow(row, today).status === status).map(({ id }) => id),
        );
        expect(statuses.filter((sums) => sums.status === status)).to.deep.equal(
          found.length === 0 ? [] : [{ status, ...sumsOf(found, today) }],
        );
      }
      const past = rows.filter((row) => showRow(row, today).overdue);
      expect(late).to.deep.equal(sumsOf(past, today));
    }
    for (const history of histories.values()) {
      const { open } = openOn(history, history.days().at(-1) ?? '');
      for (const no of history.invoices.keys()) {
        const row = await ledger.ledger.query((db) => invoiceById(db, history.id(no)));
        if (row === null || row.issued_at === null) throw new Error('an invoice is missing');
        const { open_cents } = invoiceFigures({ ...row, issued_at: row.issued_at }, '2027-01-01');
        expect(open_cents).to.equal(open.get(history.id(no)) ?? 0);
      }
    }
  });

  it('leave nothing to settle', async () => {
    const scope = { currency: 'AUD' };
    expect(await ledger.ledger.query((db) => unsettledTenants(db, scope))).to.deep.equal([]);
    expect(await ledger.ledger.query((db) => untakenNotes(db, scope))).to.deep.equal([]);
  });
});
