/** What may be done to an invoice as it stands, and why the rest may not. */
import { refuseCorrected, creditedInvoice } from '../../../commands/invoicing/corrected-invoice.ts';
import { refuseReissue } from '../../../commands/invoicing/issue-invoice.ts';
import { correctionsOf } from '../../../projections/invoicing/correction-queries.ts';
import { invoiceById, type InvoiceRow } from '../../../projections/invoicing/invoice-queries.ts';
import { frozenOf } from '../../../projections/documents/frozen-queries.ts';
import { refuse, Refused, type Refusal } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { leftToCredit } from '../../pricing/goodwill.ts';
import { invoiceFigures } from '../../pricing/invoice-figures.ts';
import { deliveryDeps } from '../deliveries/open-deliveries.ts';
import type { ProcessDeps } from '../process.ts';

/** In the order in which a page offers them. */
export const invoiceActions = ['send', 'pay', 'payment', 'correct', 'credit', 'void', 'reissue'] as const;
export type InvoiceAction = (typeof invoiceActions)[number];

/** Whether an action may be taken; `code` and `detail` say why not. */
export interface AllowedAction {
  action: InvoiceAction;
  allowed: boolean;
  /** The code that the action is refused with, or `nothing-to-do`. */
  code: string | null;
  detail: string | null;
}

/** An invoice as the actions find it. */
export interface InvoiceFound {
  invoice: InvoiceRow;
  notes: Awaited<ReturnType<typeof correctionsOf>>;
  /** Whether the document of the issue in force is frozen. */
  isFrozen: boolean;
}

/** @throws {Refused} `not-found` */
export async function findInvoice(
  { ledger }: Pick<ProcessDeps, 'ledger'>,
  id: string,
): Promise<InvoiceFound> {
  const found = await ledger.readLatest(async (db) => {
    const [invoice, notes, frozen] = await Promise.all([
      invoiceById(db, id),
      correctionsOf(db, id),
      frozenOf(db, id),
    ]);
    if (invoice === null) return null;
    return { invoice, notes, isFrozen: frozen.some(({ issue_no }) => issue_no === invoice.issue_no) };
  });
  if (found === null) throw new Refused(refuse('not-found', 'there is no such invoice'));
  return found;
}

/** Nothing would change. */
interface NothingToDo {
  refused: 'nothing-to-do';
  detail: string;
}

const nothing = (detail: string): NothingToDo => ({ refused: 'nothing-to-do', detail });

const isVoid = (instead: string): Refusal => refuse('invoice-void', `the invoice is void: ${instead}`);

/** What may be done to an invoice now. The commands decide again. */
export async function allowedActions(deps: ProcessDeps, found: InvoiceFound): Promise<AllowedAction[]> {
  const refusals: Record<InvoiceAction, Refusal | NothingToDo | null> = {
    send: await refuseSend(deps, found),
    ...refusalsOf(found, dayOf(deps.ledger.now())),
  };
  return invoiceActions.map((action) => {
    const { refused = null, detail = null } = refusals[action] ?? {};
    return { action, allowed: refused === null, code: refused, detail };
  });
}

function refusalsOf(
  { invoice, notes }: InvoiceFound,
  today: string,
): Record<Exclude<InvoiceAction, 'send'>, Refusal | NothingToDo | null> {
  const { id: invoice_id, issue_no, period_start, allocated_cents, credited_cents } = invoice;
  const status = invoice.status as 'issued' | 'paid' | 'void';
  const { open_cents } = invoiceFigures({ ...invoice, issued_at: invoice.issued_at ?? today }, today);
  const taken = allocated_cents + credited_cents;
  const corrected = { invoice_id, corrections: notes.length };
  const withNotes = refuseCorrected(corrected, 'it can not be voided any more; correct or credit it');
  const left = leftToCredit(creditedInvoice({ ...invoice, corrections: notes }));
  const reissue = { invoice_id, status, period_start, issue_no, notes: notes.length, allocated_cents: taken };
  if (status === 'void')
    return {
      pay: isVoid('it can no longer be paid'),
      payment: isVoid('it can no longer be paid'),
      correct: isVoid('it takes no credit or debit notes'),
      credit: isVoid('it takes no credit or debit notes'),
      void: nothing('the invoice is void already'),
      reissue: refuseReissue(reissue, issue_no),
    };
  const paid = refuse('invoice-paid', 'the invoice has payments or credits: it can no longer be voided');
  return {
    pay: open_cents > 0 ? null : nothing('nothing of the invoice is open'),
    payment: null,
    correct: null,
    credit: left.subtotal_cents > 0 ? null : nothing('nothing of the invoice is left to credit'),
    void: withNotes ?? (status === 'paid' || taken > 0 ? paid : null),
    reissue: refuseReissue(reissue, issue_no),
  };
}

/** Why an invoice can't be mailed to its customer's addresses; null: it can. */
async function refuseSend(deps: ProcessDeps, found: InvoiceFound): Promise<Refusal | null> {
  if (found.invoice.status === 'void') return isVoid('it is not sent');
  try {
    await requireSendable(deps, found);
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/**
 * How many addresses a mailing of an invoice goes to.
 * @throws {Refused} `not-configured`, `no-seller`, `no-profile`, `no-address`
 */
export async function requireSendable(
  deps: ProcessDeps,
  { invoice: { tenant_id }, isFrozen }: InvoiceFound,
): Promise<number> {
  const mailing = deliveryDeps(deps);
  if (!isFrozen) await mailing.partiesOf(tenant_id);
  const addresses = await mailing.addressesOf(tenant_id);
  if (addresses.length === 0)
    throw new Refused(refuse('no-address', `the customer ${tenant_id} has no mail address: emails.billing`));
  return new Set(addresses).size;
}
