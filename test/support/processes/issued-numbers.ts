/** What the tests of numbers have in common. */
import { expect } from 'chai';
import { documentNumbers, invoiceIssues } from '../../../projections/invoicing/tables.ts';
import { ok, type Json } from '../http/api.ts';
import { subscribed } from '../http/invoices-month.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** Subscribes so many tenants, `t-0` and on, from April 2026 on. */
export async function subscribedTenants(ledger: TestLedger, count: number): Promise<string[]> {
  const tenants = Array.from({ length: count }, (_, index) => `t-${index}`);
  for (const tenant of tenants) await subscribed(ledger, tenant, 'site');
  return tenants;
}

/** Every number of a series with its subject, in order of the numbers. */
export async function numbersOf(
  ledger: Pick<TestLedger, 'ledger'>,
  series = 'invoice-numbers-2026',
): Promise<{ subject_id: string; no: number; number: string }[]> {
  return ledger.ledger.readLatest(
    (db) => db`
    select subject_id, no, number from ${db(documentNumbers.ref)} where series = ${series} order by no`,
  );
}

/** The ids of invoices in the order of their first issues, of a year (UTC) or of all. */
export async function firstIssues(ledger: Pick<TestLedger, 'ledger'>, year?: number): Promise<string[]> {
  const rows = await ledger.ledger.readLatest(
    (db) => db<{ invoice_id: string }[]>`
    select invoice_id from ${db(invoiceIssues.ref)}
    where issue_no = 1
      ${year === undefined ? db`` : db`and extract(year from issued_at at time zone 'UTC') = ${year}`}
    order by position`,
  );
  return rows.map(({ invoice_id }) => invoice_id);
}

/** Expects a year's numbers to be 1 to N in the order of the issues: no gap, no double, none left out. */
export async function expectNumbered(ledger: Pick<TestLedger, 'ledger'>, year = 2026): Promise<void> {
  const numbers = await numbersOf(ledger, `invoice-numbers-${year}`);
  expect(numbers.map(({ no }) => no)).to.deep.equal(numbers.map((_, index) => index + 1));
  expect(numbers.map(({ subject_id }) => subject_id)).to.deep.equal(await firstIssues(ledger, year));
}

/** The number of each invoice in the list, by its tenant. */
export async function listedNumbers(ledger: TestLedger, query = ''): Promise<Record<string, string | null>> {
  const { data } = await ok(ledger.api.get(`invoices?limit=500${query}`));
  return Object.fromEntries(data.map((one: Json) => [one.tenant_id, one.number]));
}
