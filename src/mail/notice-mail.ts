// The mail before a step of the automatic lifecycle: what happens, from when, what is owed, how to pay.
import type { BuyerView, SellerView } from '../documents/document-view.ts';
import { written, type Letter } from './letter.ts';
import type { Mail } from './mail-client.ts';
import { amount, bankRows, knownLocale, longDay, oneLine, type MailRow } from './mail-words.ts';

/** What a notice is made of. Its day is that from which the step holds; amounts are integer cents. */
export interface NoticeView {
  kind: 'trial-active' | 'trial-suspended' | 'past-due' | 'suspended' | 'recovered';
  day: string;
  seller: SellerView;
  buyer: BuyerView;
  currency: string;
  deployments: readonly { slug: string; display_name: string }[];
  /** How many more there are. */
  more_deployments: number;
  /** Overdue. A number is null until it is handed out. */
  invoices: readonly { number: string | null; due_on: string; open_cents: number }[];
  more_invoices: number;
  /** Of all overdue invoices. */
  open_cents: number;
  /** From when what stays unpaid may suspend; null: not known. */
  suspends_on: string | null;
}

/** The most deployments, and the most invoices, that a mail names. */
const mostNamed = 20;
/** The most deployments that a sentence names. */
const mostInSentence = 3;

/** The content of a notice's mail; amounts and days are written as the buyer's locale has them. */
export function noticeMail(notice: NoticeView): Pick<Mail, 'subject' | 'text' | 'html'> {
  const { buyer, kind, seller } = notice;
  const locale = knownLocale(buyer.locale);
  const money = (cents: number): string => amount(cents, notice.currency, locale);
  const day = (text: string): string => longDay(text, locale);
  const isOwed = (kind === 'past-due' || kind === 'suspended') && notice.open_cents > 0;
  const overdue = isOwed ? money(notice.open_cents) : null;
  const suspendsOn = notice.suspends_on === null ? null : day(notice.suspends_on);
  const invoices = isOwed ? invoiceRows(notice, day, money) : [];
  return written({
    ...wordsOf(notice, { day: day(notice.day), suspendsOn, overdue }),
    greeting: oneLine(buyer.contact ?? buyer.legal_name),
    tables: [
      { title: null, rows: deploymentRows(notice) },
      { title: 'What is overdue', rows: invoices },
      { title: 'How to pay', rows: isOwed ? bankRows(seller, referenceOf(notice)) : [] },
    ],
    closing: closingOf(seller, isOwed),
    seller,
  });
}

type Words = Pick<Letter, 'subject' | 'about' | 'box' | 'what'>;

/** Subject and sentences. @param written the notice's days and its sum as the buyer has them */
function wordsOf(
  notice: NoticeView,
  written: { day: string; suspendsOn: string | null; overdue: string | null },
): Words {
  const { day, overdue } = written;
  const { what, isMany } = subjectOf(notice);
  const is = isMany ? 'are' : 'is';
  const [it, them] = isMany ? ['they', 'them'] : ['it', 'it'];
  const from = (label: string): Letter['box'] => ({ label, figure: day, asRows: [[label, day]] });
  const owed = (label: string): Letter['box'] =>
    overdue === null ? from(label) : { label: 'Overdue', figure: overdue, asRows: [['Overdue', overdue]] };
  switch (notice.kind) {
    case 'trial-active':
      return {
        subject: `The trial has ended: ${what} ${is} active from ${day}`,
        about: `the trial has ended: ${what} ${is} active from ${day}, and ${is} billed from that day on.`,
        box: from('Active and billed from'),
        what: 'The invoice of a month comes after its end. There is nothing that you need to do.',
      };
    case 'trial-suspended':
      return {
        subject: `The trial has ended: ${what} ${is} suspended from ${day}`,
        about: `the trial has ended: ${what} ${is} suspended from ${day}, because no plan was chosen.`,
        box: from('Suspended from'),
        what: `What is missing is a plan. Answer this mail with the one that you want for ${them}.`,
      };
    case 'past-due': {
      const when = written.suspendsOn === null ? '' : ` from ${written.suspendsOn}`;
      return {
        subject: `Payment overdue: ${what} ${is} past due from ${day}`,
        about: `${amountOf(overdue)} is overdue: ${what} ${is} marked as past due from ${day}.`,
        box: owed('Past due from'),
        what: `Please pay now. While it is unpaid, ${what} may be suspended${when}.`,
      };
    }
    case 'suspended':
      return {
        subject: `Payment overdue: ${what} ${is} suspended from ${day}`,
        about: `${amountOf(overdue)} is still overdue: ${what} ${is} suspended from ${day}.`,
        box: owed('Suspended from'),
        what: `Once all that is overdue is paid, ${it} ${isMany ? 'become' : 'becomes'} active again.`,
      };
    case 'recovered':
      return {
        subject: `Thank you: ${what} ${is} active again from ${day}`,
        about: `thank you: nothing is overdue any more, and ${what} ${is} active again from ${day}.`,
        box: from('Active again from'),
        what: 'There is nothing that you need to do.',
      };
  }
}

const amountOf = (overdue: string | null): string =>
  overdue === null ? 'a payment' : `an amount of ${overdue}`;

/** The deployments as the subject of a sentence. */
function subjectOf({ deployments, more_deployments }: NoticeView): { what: string; isMany: boolean } {
  const count = deployments.length + more_deployments;
  const isMany = count !== 1;
  if (count > mostInSentence) return { what: `your ${count} deployments`, isMany };
  const names = deployments.map(({ display_name }) => oneLine(display_name));
  const what = new Intl.ListFormat('en-AU', { type: 'conjunction' }).format(names);
  return { what: count === 0 ? 'your deployments' : what, isMany };
}

function deploymentRows({ deployments, more_deployments }: NoticeView): MailRow[] {
  const named = deployments.slice(0, mostNamed);
  const more = deployments.length - named.length + more_deployments;
  return [
    ...named.map(({ slug, display_name }): MailRow => [
      'Deployment',
      slug === display_name ? oneLine(slug) : `${oneLine(display_name)} (${oneLine(slug)})`,
    ]),
    ...(more === 0 ? [] : [['Deployments', `and ${more} more`] satisfies MailRow]),
  ];
}

function invoiceRows(
  { invoices, more_invoices }: NoticeView,
  day: (text: string) => string,
  money: (cents: number) => string,
): MailRow[] {
  const named = invoices.slice(0, mostNamed);
  const more = invoices.length - named.length + more_invoices;
  return [
    ...named.map(({ number, due_on, open_cents }): MailRow => [
      number ?? 'Invoice',
      `${money(open_cents)}, was due on ${day(due_on)}`,
    ]),
    ...(more === 0 ? [] : [['Invoices', `and ${more} more`] satisfies MailRow]),
  ];
}

/** What a payment should name; null: no invoice has a number. */
function referenceOf({ invoices }: NoticeView): string | null {
  const numbers = invoices.flatMap(({ number }) => (number === null ? [] : [number]));
  return numbers.length === 0 ? null : oneLine(numbers.join(', '));
}

function closingOf({ email, phone }: SellerView, isOwed: boolean): string {
  const thanks = isOwed ? 'If you have just paid, thank you: there is nothing more to do. ' : '';
  const call = phone === null ? '' : `, or call ${oneLine(phone)}`;
  return `${thanks}Questions, or is this not right? Answer this mail, write to ${oneLine(email)}${call}.`;
}
