import { billTenant } from '../../../src/pricing/bill-tenant.ts';
import type { BilledInvoice, TenantInvoicingInputs } from '../../../src/pricing/invoice.ts';
import type { BilledLine } from '../../../src/pricing/types.ts';

/** A tenant's month whose lines are given without their inputs. */
export interface InvoiceOfLines extends Omit<BilledInvoice, 'lines'> {
  lines: BilledLine[];
}

/** Bills a tenant's month; null where there is nothing to invoice. */
export function billLines(inputs: TenantInvoicingInputs): InvoiceOfLines | null {
  const invoice = billTenant(inputs);
  return invoice === null ? null : { ...invoice, lines: invoice.lines.map(({ line }) => line) };
}
