/** Which months can be billed: the most that an invoice may come to, and the tenants that are left out. */
import { money } from './amount-text.ts';
import type { BilledInvoice, TenantInvoicingInputs } from './invoice.ts';
import { AmountTooLarge } from './rounding.ts';
import { billTenant } from './bill-tenant.ts';

/** The most that a tenant's month may come to, tax included. A larger total comes from a wrong unit. */
export const mostMonthCents = 1_000_000_000_000;

/** A tenant that an answer over all tenants leaves out, and why. */
export interface NotBillable {
  tenant_id: string;
  reason: string;
}

/** @throws {AmountTooLarge} for a month's total above {@link mostMonthCents} */
export function refuseTooLarge(totalCents: number, currency: string): void {
  if (Math.abs(totalCents) <= mostMonthCents) return;
  throw new AmountTooLarge(
    `the month comes to ${money(totalCents)} ${currency}, and at most ${money(mostMonthCents)} can be billed`,
  );
}

/**
 * Refuses a month's total, tax included, that no invoice can have.
 * @throws {AmountTooLarge} for one above {@link mostMonthCents}
 * @throws RangeError for one below zero: an invoice asks for money, and a discount beyond the month would be
 * a payment to the tenant
 */
export function requireBillable(totalCents: number, currency: string): void {
  refuseTooLarge(totalCents, currency);
  if (totalCents >= 0) return;
  throw new RangeError(
    `the month comes to ${money(totalCents)} ${currency}: its discounts exceed what is charged, and only a ` +
      'month of 0 or more can be billed',
  );
}

/**
 * A tenant's month as it is invoiced; null when there is nothing to invoice.
 * @throws RangeError for a month that can't be billed: as `billTenant`, and as {@link requireBillable}
 */
export function billableMonth(inputs: TenantInvoicingInputs): BilledInvoice | null {
  const month = billTenant(inputs);
  if (month !== null) requireBillable(month.total_cents, month.currency);
  return month;
}

/** The results for several tenants. */
export interface TenantOutcomes<T> {
  results: T[];
  not_billable: NotBillable[];
}

/**
 * Runs a computation for one tenant and notes the result, or why its month can't be billed. One tenant does
 * not fail the others.
 * @throws any error but a RangeError: it is a fault of the ledger, not of a tenant's figures
 */
export function noteTenant<T>(
  { results, not_billable }: TenantOutcomes<T>,
  tenantId: string,
  compute: () => T,
): void {
  try {
    results.push(compute());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    not_billable.push({ tenant_id: tenantId, reason: error.message });
  }
}
