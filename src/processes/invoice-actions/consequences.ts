/** What an action on an invoice would do, in figures: decided as the action decides it, and not recorded. */
import { correctionId, creditedInvoice } from '../../../commands/invoicing/corrected-invoice.ts';
import { refuseCredit } from '../../../commands/invoicing/credit-invoice.ts';
import { payInvoice } from '../../../commands/receivables/pay-invoice.ts';
import { recordPayment } from '../../../commands/receivables/record-payment.ts';
import { netDaysOf } from '../../../projections/parties/customer-queries.ts';
import { freshMonth } from '../../invoicing/read-correction.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { noteTotals, type NoteTotals } from '../../pricing/correction-lines.ts';
import { creditLines, leftToCredit, takeBackLines } from '../../pricing/goodwill.ts';
import { addCents } from '../../pricing/money.ts';
import { dueOn } from '../../pricing/payment-terms.ts';
import type { BilledLine } from '../../pricing/types.ts';
import { compareWithFresh } from '../correct-invoice.ts';
import type { ProcessDeps } from '../process.ts';
import { AccountNow, type AccountOutlook, type InvoiceStanding } from './account-outlook.ts';
import { findInvoice, requireSendable, type InvoiceAction, type InvoiceFound } from './allowed-actions.ts';

/** A credit or debit note that would be issued. */
interface ForeseenNote extends NoteTotals {
  kind: 'credit_note' | 'debit_note';
  purpose: 'correction' | 'goodwill';
  lines: Pick<BilledLine, 'deployment_id' | 'kind' | 'description' | 'amount_cents'>[];
}

/** Documents that an action makes or lets be made. */
type ForeseenDocument = 'invoice' | 'receipt' | 'credit_note' | 'debit_note';

/** What an action would do. */
export interface Consequences {
  invoice_id: string;
  tenant_id: string;
  currency: string;
  action: InvoiceAction;
  before: InvoiceStanding;
  after: InvoiceStanding;
  /** What is paid, or given as credit before tax, or what a new issue comes to; null: no amount. */
  amount_cents: number | null;
  /** The most that can be credited, before and after tax; null for other actions. */
  left: { subtotal_cents: number; total_cents: number } | null;
  /** None: nothing is to be corrected, or the action issues none. */
  notes: ForeseenNote[];
  /** What it pays of the tenant's other invoices and opening balance. */
  others: AccountOutlook['others'];
  documents: ForeseenDocument[];
  /** To how many addresses an invoice is sent; null for other actions. */
  addresses: number | null;
}

type Foreseen = Partial<Pick<Consequences, 'amount_cents' | 'left' | 'notes' | 'documents' | 'addresses'>> & {
  outlook: AccountOutlook | null;
};

/** What is asked. */
export interface ConsequencesQuestion {
  invoice_id: string;
  action: InvoiceAction;
  /** Of `payment` (default: what is open) and `credit` (before tax; default: what is left). */
  amount_cents?: number | undefined;
}

/**
 * What an action would do to an invoice and to its tenant's account.
 * @throws {Refused} as the action itself is refused
 */
export async function foreseeAction(
  deps: ProcessDeps,
  { invoice_id, action, amount_cents }: ConsequencesQuestion,
  meta: CommandMeta,
): Promise<Consequences> {
  const found = await findInvoice(deps, invoice_id);
  const { invoice } = found;
  const account = await AccountNow.load(deps.ledger, invoice, meta);
  const { outlook, ...foreseen } = await foresee(deps, found, account, { action, amount_cents });
  return {
    invoice_id,
    tenant_id: invoice.tenant_id,
    currency: invoice.currency,
    action,
    before: account.now,
    after: outlook?.after ?? account.now,
    others: outlook?.others ?? [],
    ...{ amount_cents: null, left: null, notes: [], documents: [], addresses: null },
    ...foreseen,
  };
}

async function foresee(
  deps: ProcessDeps,
  found: InvoiceFound,
  account: AccountNow,
  { action, amount_cents }: Omit<ConsequencesQuestion, 'invoice_id'>,
): Promise<Foreseen> {
  const { invoice, notes } = found;
  const { id: invoice_id, tenant_id } = invoice;
  switch (action) {
    case 'send':
      if (invoice.status === 'void') throw refusedVoid(invoice_id, 'it is not sent');
      return {
        outlook: null,
        addresses: await requireSendable(deps, found),
        documents: found.isFrozen ? [] : ['invoice'],
      };
    case 'pay': {
      const open = account.now.open_cents;
      const input = { invoice_id, tenant_id, reference: '', sealed_reference: '' };
      const outlook = account.after((state, context, execution) =>
        payInvoice.decide(state, input, context, execution),
      );
      return { outlook, amount_cents: open, documents: open > 0 ? ['receipt'] : [] };
    }
    case 'payment':
      return foreseePayment(account, { invoice_id, tenant_id }, amount_cents ?? account.now.open_cents);
    case 'credit':
      return foreseeCredit(found, account, amount_cents);
    case 'correct':
      return foreseeCorrection(deps, invoice_id, account);
    case 'void':
      if (account.now.paid_cents + account.now.credited_cents > 0)
        throw new Refused(
          refuse('invoice-paid', 'the invoice has payments or credits: it can no longer be voided'),
        );
      if (notes.length > 0)
        throw new Refused(refuse('invoice-corrected', 'the invoice has credit or debit notes'));
      return { outlook: account.afterVoid() };
    case 'reissue':
      return foreseeReissue(deps, found, account);
  }
}

const refusedVoid = (invoice_id: string, instead: string): Refused =>
  new Refused(refuse('invoice-void', `the invoice is void: ${instead}`, { extra: { invoice_id } }));

function foreseePayment(
  account: AccountNow,
  { invoice_id, tenant_id }: { invoice_id: string; tenant_id: string },
  amount_cents: number,
): Foreseen {
  const outlook = account.after((state, context, execution) => {
    const known = { tenant_id, payment_id: execution.commandId, invoice_id, amount_cents };
    const payment = { ...known, received_on: execution.today, method: 'foreseen', reference: '' };
    return recordPayment.decide(state, payment, context, execution);
  });
  return { outlook, amount_cents, documents: amount_cents > 0 ? ['receipt'] : [] };
}

function foreseeCredit({ invoice, notes }: InvoiceFound, account: AccountNow, amount?: number): Foreseen {
  const { id: invoice_id, status } = invoice;
  if (status === 'void') throw refusedVoid(invoice_id, 'it takes no credit or debit notes');
  const invoiced = { ...invoice, invoice_id, corrections: notes };
  const credited = creditedInvoice(invoiced);
  const { subtotal_cents, tax_cents } = leftToCredit(credited);
  const left = { subtotal_cents, total_cents: addCents(subtotal_cents, tax_cents) };
  const amount_cents = amount ?? subtotal_cents;
  const tooMuch = refuseCredit(invoiced, amount_cents);
  if (tooMuch !== null) throw new Refused(tooMuch);
  if (amount_cents === 0) return { outlook: null, amount_cents, left };
  const line = { description: 'Credit', amount_cents, deployment_id: null };
  return {
    ...withNotes(account, invoice, [noteOf('goodwill', creditLines(credited, [line]))]),
    amount_cents,
    left,
  };
}

async function foreseeCorrection(
  { ledger }: ProcessDeps,
  invoice_id: string,
  account: AccountNow,
): Promise<Foreseen> {
  const { invoice, notes, lines, tax } = await compareWithFresh(ledger, invoice_id);
  if (lines.length === 0) return { outlook: null };
  const note = noteOf('correction', lines);
  const counted = { ...note, tax_name: tax.name, tax_rate: tax.rate };
  const back = takeBackLines(creditedInvoice({ ...invoice, corrections: [...notes, counted] }));
  const all = [note, ...(back.length === 0 ? [] : [noteOf('goodwill', back)])];
  return withNotes(account, invoice, all);
}

async function foreseeReissue(
  { ledger }: ProcessDeps,
  { invoice }: InvoiceFound,
  account: AccountNow,
): Promise<Foreseen> {
  const today = dayOf(ledger.now());
  const { month, net } = await ledger.readLatest(async (db, atPosition) => ({
    ...(await freshMonth(db, invoice, { atPosition, currency: ledger.currency })),
    net: (await netDaysOf(db, [invoice.tenant_id], today)).get(invoice.tenant_id),
  }));
  const amount_cents = month?.total_cents ?? 0;
  return {
    outlook: month === null ? null : account.afterIssue(amount_cents, dueOn(today, net)),
    amount_cents,
    documents: month === null ? [] : ['invoice'],
  };
}

function withNotes(
  account: AccountNow,
  { id, issue_no, due_on }: { id: string; issue_no: number; due_on: string },
  notes: readonly ForeseenNote[],
): Foreseen {
  const taken = notes.map(({ total_cents }, index) => ({
    // The place is as high as none is: the note is not there yet.
    correction_id: correctionId(id, issue_no, Number.MAX_SAFE_INTEGER - index),
    total_cents,
    due_on,
  }));
  const documents = notes.map(({ kind }) => kind);
  return { outlook: account.afterNotes(taken), notes: [...notes], documents };
}

function noteOf(purpose: ForeseenNote['purpose'], lines: readonly BilledLine[]): ForeseenNote {
  const totals = noteTotals(lines);
  const shown = lines.map(({ deployment_id, kind, description, amount_cents }) => ({
    ...{ deployment_id, kind, description, amount_cents },
  }));
  return { kind: totals.total_cents > 0 ? 'debit_note' : 'credit_note', purpose, ...totals, lines: shown };
}
