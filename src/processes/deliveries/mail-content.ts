// What a delivery mails: an issue of an invoice with its PDF, or a notice.
import type { Delivery } from '../../../commands/deliveries/delivery.ts';
import { isNothingOpen } from '../../../projections/deliveries/notice-queries.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import type { Notice } from '../../events/documents.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { invoiceMail } from '../../mail/invoice-mail.ts';
import type { Mail } from '../../mail/mail-client.ts';
import { noticeMail } from '../../mail/notice-mail.ts';
import type { DeliveryDeps } from './delivery-deps.ts';

/** A mail without what an attempt adds. */
export type MailContent = Pick<Mail, 'subject' | 'text' | 'html' | 'replyTo' | 'attachments'>;

type Subject = { notice: Notice } | { invoiceId: string; issueNo: number };

/** What a delivery is about. */
function subjectOf({ delivery_id, invoice_id, issue_no, notice }: Delivery): Subject {
  if (notice !== undefined) return { notice };
  if (invoice_id === null || issue_no === null)
    throw new Error(`delivery ${delivery_id} is neither of an invoice nor a notice`);
  return { invoiceId: invoice_id, issueNo: issue_no };
}

/**
 * The mail of a delivery, which is the same in every attempt while seller and profile are.
 * @throws {Refused} what keeps the document from being made; `no-seller` and `no-profile`
 */
export async function mailContent(
  deps: DeliveryDeps,
  delivery: Delivery,
  meta: () => CommandMeta,
): Promise<MailContent> {
  const subject = subjectOf(delivery);
  if ('notice' in subject) {
    const { seller, buyer } = await deps.partiesOf(delivery.tenant_id);
    return { ...noticeMail({ ...subject.notice, seller, buyer }), replyTo: seller.email, attachments: [] };
  }
  const { view, pdf } = await deps.documentOf(subject.invoiceId, subject.issueNo, meta);
  const attachment = { filename: `${view.number}.pdf`, contentType: 'application/pdf', content: pdf };
  return { ...invoiceMail(view), replyTo: view.seller.email, attachments: [attachment] };
}

/** Why a mail is no longer to be sent; null: it is. */
export async function whyNot(
  ledger: Ledger,
  delivery: Delivery,
): Promise<'invoice-void' | 'reissued' | 'paid' | null> {
  const subject = subjectOf(delivery);
  if ('notice' in subject) return (await isPaid(ledger, subject.notice)) ? 'paid' : null;
  const invoice = await ledger.readLatest((db) => invoiceById(db, subject.invoiceId));
  if (invoice === null || invoice.status === 'void') return 'invoice-void';
  return invoice.issue_no === subject.issueNo ? null : 'reissued';
}

/** Whether a notice asks for what is paid by now. */
async function isPaid(ledger: Ledger, { kind, invoices, more_invoices }: Notice): Promise<boolean> {
  if ((kind !== 'past-due' && kind !== 'suspended') || invoices.length === 0 || more_invoices > 0)
    return false;
  const ids = invoices.map(({ invoice_id }) => invoice_id);
  return ledger.readLatest((db) => isNothingOpen(db, ids));
}
