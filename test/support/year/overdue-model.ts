/**
 * What customers owe, folded from the journal: a model of its own, of invoices with their notes, by which the
 * automatic lifecycle is predicted.
 */
import type { RecordedLedgerEvent } from '../../../src/events/index.ts';
import { addDays, dayOf } from '../../../src/pricing/calendar.ts';

/** A sum to pay by a day: an invoice, or a debit note of it. */
interface Debt {
  cents: number;
  due: string;
}

interface OwedInvoice {
  tenant: string;
  issue: number;
  lastDay: string;
  isVoid: boolean;
  own: Debt;
  notes: Debt[];
}

/** All invoices of all customers, with what is paid of them so far. */
export class OverdueModel {
  private readonly invoices = new Map<string, OwedInvoice>();
  private readonly paid = new Map<string, number>();
  /** How that came about, by the days from which it counts. */
  private readonly changes = new Map<string, { on: string; cents: number }[]>();

  take(event: RecordedLedgerEvent): void {
    switch (event.type) {
      case 'InvoiceIssued': {
        const { invoice_id, tenant_id: tenant, issue_no: issue, period_end: lastDay } = event.data;
        const due = event.data.due_on ?? addDays(dayOf(event.data.issued_at), 14);
        const own = { cents: Math.max(0, event.data.total_cents), due };
        this.invoices.set(invoice_id, { tenant, issue, lastDay, isVoid: false, own, notes: [] });
        return;
      }
      case 'InvoiceVoided': {
        const invoice = this.invoices.get(event.data.invoice_id);
        if (invoice !== undefined) invoice.isVoid = true;
        return;
      }
      case 'CorrectionIssued': {
        const { total_cents: cents, due_on: due } = event.data;
        if (cents > 0) this.invoices.get(event.data.invoice_id)?.notes.push({ cents, due });
        return;
      }
      default:
        if (!('targets' in event.data && 'allocations' in event.data)) return;
        for (const { target_id, paid_cents, credited_cents } of event.data.targets)
          this.paid.set(target_id, paid_cents + credited_cents);
        for (const { target_id, on, amount_cents: cents } of event.data.allocations)
          this.changes.set(target_id, [...(this.changes.get(target_id) ?? []), { on, cents }]);
    }
  }

  /**
   * The due days of what a customer had not paid in the morning of a day and has not paid today, in order.
   */
  overdueSince(tenant: string, day: string, today: string): string[] {
    const days: string[] = [];
    for (const [id, invoice] of this.invoices) {
      if (invoice.tenant !== tenant || invoice.isVoid) continue;
      const paid = this.paid.get(id) ?? 0;
      const since = (this.changes.get(id) ?? []).filter(({ on }) => day < today && on >= day);
      const then = since.reduce((money, { cents }) => money - cents, paid);
      const unpaidThen = new Set(unpaid(invoice, then));
      for (const debt of unpaid(invoice, paid))
        if (debt.due < day && unpaidThen.has(debt)) days.push(debt.due);
    }
    return days.sort();
  }

  /** The last day that is invoiced to a customer; an empty text without any. */
  lastInvoiced(tenant: string): string {
    let last = '';
    for (const invoice of this.invoices.values())
      if (invoice.tenant === tenant && !invoice.isVoid && invoice.lastDay > last) last = invoice.lastDay;
    return last;
  }
}

/** What so much money leaves unpaid: the invoice is paid first, then its notes as they fall due. */
function unpaid({ own, notes }: OwedInvoice, money: number): Debt[] {
  const inTurn = [...notes].sort((a, b) => (a.due < b.due ? -1 : 1));
  let left = money;
  return [own, ...inTurn].filter(({ cents }) => {
    const isUnpaid = cents > left;
    left = Math.max(0, left - cents);
    return isUnpaid;
  });
}
