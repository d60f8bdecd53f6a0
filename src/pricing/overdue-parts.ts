import { openParts, type OwedPart } from './invoice-figures.ts';

/** A part of what is owed for an invoice: the invoice itself, or a debit note. */
export interface OwedDocument extends OwedPart {
  /** Null: it waits for its number. */
  number: string | null;
  is_note: boolean;
  /** The event that issued it, where it is known. */
  event_id: string | null;
}

/** An invoice with an overdue part. */
export interface OverdueInvoice {
  invoice_id: string;
  /** First day of its month. */
  period_start: string;
  /** What is owed, in the order in which it is paid. */
  parts: readonly OwedDocument[];
  /** What payments and credit notes pay of it now. */
  taken_cents: number;
  /** How that came about, by the day from which each change counts; what was taken back is negative. */
  taken: readonly { on: string; cents: number }[];
}

/** A part that is overdue. */
export interface OverduePart extends OwedDocument {
  invoice_id: string;
  period_start: string;
  open_cents: number;
}

/**
 * Parts that were overdue in the morning of a day, and are open and overdue still, the one that has been due
 * the longest first. What was paid in that morning and fell open again later was not overdue.
 * @param today by which day they are overdue still; not before `day`
 */
export function overdueParts(
  invoices: readonly OverdueInvoice[],
  day: string,
  today: string = day,
): OverduePart[] {
  return invoices
    .flatMap(({ invoice_id, period_start, parts, taken_cents, taken }) => {
      const sinceThen = taken.reduce(
        (sum, { on, cents }) => (day < today && on >= day ? sum + cents : sum),
        0,
      );
      const now = openParts(parts, taken_cents);
      const then = openParts(parts, taken_cents - sinceThen);
      return parts.flatMap((part, index) => {
        const open_cents = now[index]?.open_cents ?? 0;
        const wasOpen = (then[index]?.open_cents ?? 0) > 0;
        const isOverdue = part.due_on < day && part.due_on < today;
        return open_cents > 0 && wasOpen && isOverdue
          ? [{ ...part, invoice_id, period_start, open_cents }]
          : [];
      });
    })
    .sort((a, b) => compare(a.due_on, b.due_on) || compare(a.invoice_id, b.invoice_id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
