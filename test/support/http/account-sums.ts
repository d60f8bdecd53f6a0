import { expect } from 'chai';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { allOf } from './all-of.ts';
import { ok, type Json } from './api.ts';

const sum = (rows: readonly Json[], field: string): number =>
  rows.reduce((cents: number, row: Json) => cents + row[field], 0);

/**
 * Expects that a tenant's account lost and doubled no cent: payments are what they pay, what was taken back
 * and what is over; receivables, invoices and statement say the same.
 */
export async function expectConserved(ledger: TestLedger, tenant: string): Promise<void> {
  await ledger.settled();
  for (const { id } of await allOf(ledger, `payments?tenant_id=${tenant}&limit=50`)) {
    const { data: payment } = await ok(ledger.api.get(`payments/${id}`));
    const pays = sum(payment.allocations, 'amount_cents');
    expect(sum(payment.refunds, 'amount_cents'), id).to.equal(payment.refunded_cents);
    const left = payment.reversed_on === null ? payment.amount_cents - payment.refunded_cents : 0;
    expect(pays + payment.unallocated_cents, id).to.be.at.most(left);
    expect(payment.unallocated_cents, id).to.be.at.least(0);
  }
  const invoices = (await allOf(ledger, 'invoices?limit=50')).filter(({ tenant_id }) => tenant_id === tenant);
  for (const invoice of invoices) expect(invoice.open_cents, invoice.id).to.be.at.least(0);
  const aged = await allOf(ledger, 'receivables?as_of=2100-12-31&limit=50');
  const row = aged.find(({ tenant_id }) => tenant_id === tenant);
  const { total_cents, opening_balance_cents, balance_cents } = row ?? {
    total_cents: 0,
    opening_balance_cents: 0,
    balance_cents: 0,
  };
  expect(total_cents - opening_balance_cents).to.equal(sum(invoices, 'open_cents'));
  if (balance_cents > 0) expect(total_cents, 'a balance stays where nothing is open').to.equal(0);
  const path = `customers/${tenant}/statement?from=2000-01-01&to=2100-12-31`;
  const { data: account } = await ok(ledger.api.get(path));
  expect(account.closing_cents).to.equal(total_cents - balance_cents);
  expect(sum(account.entries, 'amount_cents')).to.equal(account.closing_cents);
}
