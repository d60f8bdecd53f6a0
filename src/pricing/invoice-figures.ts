import { addCents, sumCents } from './money.ts';

/** The statuses of an invoice. `draft` is reserved: a rollup issues at once. */
export const invoiceStatuses = ['draft', 'issued', 'partially_paid', 'paid', 'void'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** A part of what is owed, with the last day to pay it. */
export interface OwedPart {
  total_cents: number;
  due_on: string;
}

/** What an invoice's figures follow from. */
export interface PaidFacts extends OwedPart {
  /** As its own events have it: `paid` where an earlier version recorded that it was paid as a whole. */
  status: string;
  issued_at: string;
  /** When an earlier version recorded that it was paid. */
  paid_at: string | null;
  /** In the order in which they fall due. */
  debit_notes: readonly OwedPart[];
  /** What payments and opening credits pay of it. */
  allocated_cents: number;
  /** What credit notes take off it. */
  credited_cents: number;
  /** When that last changed; null: it never did. */
  allocated_at: string | null;
}

/** What is paid and open of an invoice. */
export interface InvoiceFigures {
  status: InvoiceStatus;
  due_on: string;
  paid_cents: number;
  credited_cents: number;
  /** Never negative; of a void invoice 0. */
  open_cents: number;
  /** Whether an open part of it is past its last day to pay. */
  overdue: boolean;
  paid_at: string | null;
}

/** A part of what is owed that is open. */
export interface OpenPart {
  open_cents: number;
  due_on: string;
}

/**
 * What is open by part, once so much is paid: the first part is paid first.
 * @param parts in the order in which they are paid
 */
export function openParts(parts: readonly OwedPart[], paidCents: number): OpenPart[] {
  let left = paidCents;
  return parts.map(({ total_cents, due_on }) => {
    const paid = Math.max(0, Math.min(left, total_cents));
    left -= paid;
    return { open_cents: Math.max(0, total_cents) - paid, due_on };
  });
}

/**
 * The figures of an invoice: its own amount is paid first, then its debit notes.
 * @param today the day by which it is overdue
 */
export function invoiceFigures(facts: PaidFacts, today: string): InvoiceFigures {
  const { status, total_cents, due_on, credited_cents } = facts;
  const wholeCents = status === 'paid' ? total_cents : 0;
  const paid_cents = addCents(wholeCents, facts.allocated_cents);
  if (status === 'void')
    return {
      status: 'void',
      due_on,
      paid_cents,
      credited_cents,
      open_cents: 0,
      overdue: false,
      paid_at: null,
    };
  const takenCents = addCents(paid_cents, credited_cents);
  const parts = openParts([{ total_cents, due_on }, ...facts.debit_notes], takenCents);
  const open_cents = sumCents(parts.map((part) => part.open_cents));
  const isPaid = open_cents === 0;
  return {
    status: isPaid ? 'paid' : takenCents > 0 ? 'partially_paid' : 'issued',
    due_on,
    paid_cents,
    credited_cents,
    open_cents,
    overdue: parts.some((part) => part.open_cents > 0 && part.due_on < today),
    paid_at: isPaid ? (facts.allocated_at ?? facts.paid_at ?? facts.issued_at) : null,
  };
}
