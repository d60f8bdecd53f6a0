// The mail of an invoice, from its frozen content.
import type { InvoiceView } from '../documents/document-view.ts';
import { written } from './letter.ts';
import type { Mail } from './mail-client.ts';
import { amount, bankRows, knownLocale, longDay, oneLine, type MailRow } from './mail-words.ts';

/** The content of an invoice's mail; amounts and days are written as the buyer's locale has them. */
export function invoiceMail(invoice: InvoiceView): Pick<Mail, 'subject' | 'text' | 'html'> {
  const { buyer, number, paid_cents, seller } = invoice;
  const locale = knownLocale(buyer.locale);
  const money = (cents: number): string => amount(cents, invoice.currency, locale);
  const day = (text: string): string => longDay(text, locale);
  const from = oneLine(seller.legal_name);
  const due = money(invoice.due_cents);
  // Null: nothing is left to pay.
  const dueOn = invoice.due_cents > 0 ? day(invoice.due_on) : null;
  const settled = paid_cents === 0 ? 'There is nothing to pay.' : 'It is paid from your balance.';
  const rows: MailRow[] = [
    ['Invoice', number],
    ...(buyer.po_number === null ? [] : [['Your reference', oneLine(buyer.po_number)] satisfies MailRow]),
    ['Date', day(invoice.issued_on)],
    ['Period', `${day(invoice.period_start)} – ${day(invoice.period_end)}`],
    ['Total', money(invoice.total_cents)],
    ...(paid_cents === 0 ? [] : [['Paid from your balance', money(paid_cents)] satisfies MailRow]),
  ];
  return written({
    subject: `Tax invoice ${number} from ${from}`,
    greeting: oneLine(buyer.contact ?? buyer.legal_name),
    about: `please find attached tax invoice ${number} from ${from}.`,
    box: {
      label: dueOn === null ? 'To pay' : `To pay by ${dueOn}`,
      figure: due,
      asRows: [['To pay', due], ...(dueOn === null ? [] : [['Due on', dueOn] satisfies MailRow])],
    },
    what: dueOn === null ? settled : `Please pay ${due} by ${dueOn}.`,
    tables: [
      { title: null, rows },
      { title: 'How to pay', rows: dueOn === null ? [] : bankRows(seller, number) },
    ],
    closing: null,
    seller,
  });
}
