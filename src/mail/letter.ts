// The form that all mails share, as text and as HTML.
import type { SellerView } from '../documents/document-view.ts';
import { html, type Html } from './html.ts';
import type { Mail } from './mail-client.ts';
import { contactOf, oneLine, type MailRow } from './mail-words.ts';

/** What a mail says. Every text is plain. */
export interface Letter {
  subject: string;
  greeting: string;
  /** The first sentence, which goes on from the greeting. */
  about: string;
  /** What stands out in the HTML. The text has it as the rows `asRows`, after those of the first table. */
  box: { label: string; figure: string; asRows: readonly MailRow[] };
  /** What it means for the reader. */
  what: string;
  tables: readonly { title: string | null; rows: readonly MailRow[] }[];
  /** After all of it; null: nothing. */
  closing: string | null;
  seller: SellerView;
}

/** Writes a letter in both forms. */
export function written(letter: Letter): Pick<Mail, 'subject' | 'text' | 'html'> {
  return { subject: letter.subject, text: plainText(letter), html: page(letter).text };
}

function plainText({ greeting, about, box, what, tables, closing, seller }: Letter): string {
  const paragraphs = tables.flatMap(({ title, rows }, at) => {
    const all = at === 0 ? [...rows, ...box.asRows] : rows;
    return all.length === 0 ? [] : [`${title === null ? '' : `${title}\n`}${aligned(all)}`];
  });
  return [
    `Dear ${greeting},`,
    about,
    what,
    ...paragraphs,
    ...(closing === null ? [] : [closing]),
    ...(seller.footer === null ? [] : [oneLine(seller.footer)]),
    `Kind regards\n${oneLine(seller.legal_name)}\n${contactOf(seller)}`,
  ]
    .join('\n\n')
    .concat('\n');
}

function aligned(rows: readonly MailRow[]): string {
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
  box: 'padding:16px 20px;background:#eff6ff;border-radius:6px;',
  figure: 'font-size:26px;font-weight:700;color:#111827;',
  small: 'font-size:13px;color:#6b7280;',
  note: 'padding-top:4px;font-size:14px;color:#374151;',
  name: 'padding:4px 16px 4px 0;color:#6b7280;vertical-align:top;white-space:nowrap;',
  value: 'padding:4px 0;text-align:right;vertical-align:top;overflow-wrap:anywhere;',
  foot: 'padding:20px 32px 24px;margin-top:20px;border-top:1px solid #e5e7eb;font-size:13px;color:#6b7280;',
};

function tableOf(rows: readonly MailRow[]): Html {
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

function page({ subject, greeting, about, box, what, tables, closing, seller }: Letter): Html {
  const name = oneLine(seller.legal_name);
  const part = (title: string | null, rows: readonly MailRow[]): Html =>
    html`<div style="${style.part}">
      ${title === null ? html`` : html`<strong>${title}</strong>`}${tableOf(rows)}
    </div>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${subject}</title>
      </head>
      <body style="${style.body}">
        <div style="${style.card}">
          <div style="${style.head}">${name}</div>
          <div style="${style.part}">Dear ${greeting},<br />${about}</div>
          <div style="${style.part}">
            <div style="${style.box}">
              <div style="${style.small}">${box.label}</div>
              <div style="${style.figure}">${box.figure}</div>
              <div style="${style.note}">${what}</div>
            </div>
          </div>
          ${tables.map(({ title, rows }) => (rows.length === 0 ? html`` : part(title, rows)))}
          ${closing === null ? html`` : html`<div style="${style.part}">${closing}</div>`}
          <div style="${style.foot}">
            ${seller.footer === null ? html`` : html`${oneLine(seller.footer)}<br />`} ${name} ·
            ${contactOf(seller)}
          </div>
        </div>
      </body>
    </html> `;
}
