// The mail of an invoice: subject, text and HTML, from its frozen content.
import type { InvoiceView, SellerView } from '../documents/document-view.ts';
import { html, type Html } from './html.ts';
import type { Mail } from './mail-client.ts';

/** What the reader should know, as it is written in both forms. */
interface Facts {
  seller: string;
  greeting: string;
  total: string;
  paid: string | null;
  due: string;
  /** Null: nothing is left to pay. */
  dueOn: string | null;
  /** Name and value, in order. */
  rows: [name: string, value: string][];
  /** How to pay; empty where nothing is due. */
  bank: [name: string, value: string][];
}

/** A name as it stands in a sentence: one line, and no longer than one. */
const longestName = 120;

/** The content of an invoice's mail; amounts and days are written as the buyer's locale has them. */
export function invoiceMail(invoice: InvoiceView): Pick<Mail, 'subject' | 'text' | 'html'> {
  const facts = factsOf(invoice);
  return {
    subject: `Tax invoice ${invoice.number} from ${facts.seller}`,
    text: plainText(invoice, facts),
    html: page(invoice, facts).text,
  };
}

function factsOf(invoice: InvoiceView): Facts {
  const locale = knownLocale(invoice.buyer.locale);
  const money = (cents: number): string => amount(cents, invoice.currency, locale);
  const day = (text: string): string => longDay(text, locale);
  const isDue = invoice.due_cents > 0;
  const { bank } = invoice.seller;
  const bankRows: [string, string | null][] = [
    ['Bank', bank.name],
    ['Account name', bank.account_name],
    ['BSB', bank.bsb],
    ['Account number', bank.account_number],
    ['IBAN', bank.iban],
    ['BIC', bank.bic],
    ['Reference', invoice.number],
  ];
  return {
    seller: oneLine(invoice.seller.legal_name),
    greeting: oneLine(invoice.buyer.contact ?? invoice.buyer.legal_name),
    total: money(invoice.total_cents),
    paid: invoice.paid_cents === 0 ? null : money(invoice.paid_cents),
    due: money(invoice.due_cents),
    dueOn: isDue ? day(invoice.due_on) : null,
    rows: [
      ['Invoice', invoice.number],
      ...(invoice.buyer.po_number === null
        ? []
        : [['Your reference', oneLine(invoice.buyer.po_number)] satisfies [string, string]]),
      ['Date', day(invoice.issued_on)],
      ['Period', `${day(invoice.period_start)} – ${day(invoice.period_end)}`],
    ],
    bank: isDue ? bankRows.filter((row): row is [string, string] => row[1] !== null) : [],
  };
}

function knownLocale(locale: string | null): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale ?? 'en-AU')[0] ?? 'en-AU';
  } catch {
    return 'en-AU';
  }
}

function amount(cents: number, currency: string, locale: string): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const exact = `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'code' });
  return format.format(exact as Intl.StringNumericLiteral).replaceAll(/\s/g, ' ');
}

function longDay(day: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= longestName ? line : `${characters.slice(0, longestName - 1).join('')}…`;
}

function sentences({ number }: InvoiceView, { seller, due, dueOn, paid }: Facts): [string, string] {
  const settled = paid === null ? 'There is nothing to pay.' : 'It is paid from your balance.';
  return [
    `please find attached tax invoice ${number} from ${seller}.`,
    dueOn === null ? settled : `Please pay ${due} by ${dueOn}.`,
  ];
}

function plainText(invoice: InvoiceView, facts: Facts): string {
  const [about, what] = sentences(invoice, facts);
  const { seller } = invoice;
  const sums: [string, string][] = [
    ['Total', facts.total],
    ...(facts.paid === null ? [] : [['Paid from your balance', facts.paid] satisfies [string, string]]),
    ['To pay', facts.due],
    ...(facts.dueOn === null ? [] : [['Due on', facts.dueOn] satisfies [string, string]]),
  ];
  return [
    `Dear ${facts.greeting},`,
    about,
    what,
    aligned([...facts.rows, ...sums]),
    ...(facts.bank.length === 0 ? [] : [`How to pay\n${aligned(facts.bank)}`]),
    ...(seller.footer === null ? [] : [oneLine(seller.footer)]),
    `Kind regards\n${facts.seller}\n${contactOf(seller)}`,
  ]
    .join('\n\n')
    .concat('\n');
}

function contactOf({ address, tax_id, email, phone }: SellerView): string {
  const id = `${address.country === 'AU' ? 'ABN' : 'Tax id'} ${tax_id}`;
  return [id, email, ...(phone === null ? [] : [phone])].map(oneLine).join(' · ');
}

function aligned(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${`${name}:`.padEnd(width + 2)} ${value}`).join('\n');
}

const style = {
  body: 'margin:0;padding:24px;background:#f3f4f6;',
  card:
    'max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #e5e7eb;border-radius:8px;' +
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;" +
    'line-height:1.5;color:#1f2937;',
  head: 'padding:24px 32px;border-bottom:1px solid #e5e7eb;font-size:18px;font-weight:600;color:#111827;',
  part: 'padding:20px 32px 0;overflow-wrap:anywhere;',
  due: 'padding:16px 20px;background:#eff6ff;border-radius:6px;',
  figure: 'font-size:26px;font-weight:700;color:#111827;',
  small: 'font-size:13px;color:#6b7280;',
  name: 'padding:4px 16px 4px 0;color:#6b7280;vertical-align:top;white-space:nowrap;',
  value: 'padding:4px 0;text-align:right;vertical-align:top;overflow-wrap:anywhere;',
  foot: 'padding:20px 32px 24px;margin-top:20px;border-top:1px solid #e5e7eb;font-size:13px;color:#6b7280;',
};

function table(rows: readonly (readonly [string, string])[]): Html {
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0">
    ${rows.map(
      ([name, value]) =>
        html`<tr>
          <td style="${style.name}">${name}</td>
          <td style="${style.value}">${value}</td>
        </tr>`,
    )}
  </table>`;
}

function page(invoice: InvoiceView, facts: Facts): Html {
  const [about, what] = sentences(invoice, facts);
  const { seller } = invoice;
  const sums: [string, string][] = facts.paid === null ? [] : [['Paid from your balance', facts.paid]];
  const pay =
    facts.bank.length === 0
      ? html``
      : html`<div style="${style.part}"><strong>How to pay</strong>${table(facts.bank)}</div>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Tax invoice ${invoice.number}</title>
      </head>
      <body style="${style.body}">
        <div style="${style.card}">
          <div style="${style.head}">${facts.seller}</div>
          <div style="${style.part}">Dear ${facts.greeting},<br />${about}</div>
          <div style="${style.part}">
            <div style="${style.due}">
              <div style="${style.small}">
                ${facts.dueOn === null ? 'To pay' : `To pay by ${facts.dueOn}`}
              </div>
              <div style="${style.figure}">${facts.due}</div>
              <div style="${style.small}">${what}</div>
            </div>
          </div>
          <div style="${style.part}">${table([...facts.rows, ['Total', facts.total], ...sums])}</div>
          ${pay}
          <div style="${style.foot}">
            ${seller.footer === null ? html`` : html`${oneLine(seller.footer)}<br />`} ${facts.seller} ·
            ${contactOf(seller)}
          </div>
        </div>
      </body>
    </html> `;
}
