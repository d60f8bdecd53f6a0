import { compareDecimals } from '../../pricing/money.ts';
import type { DocumentLineView, InvoiceView, LineGroupView, TaxView } from '../document-view.ts';
import { formatFor, type LocaleFormat } from '../locale-format.ts';
import { Canvas, paper } from './canvas.ts';
import { Flow } from './flow.ts';
import {
  drawBand,
  drawLetterhead,
  drawParties,
  drawSums,
  howToPay,
  sumsHeight,
  type Fact,
  type Sum,
} from './parts.ts';
import { drawTable, type Cell, type Column } from './table.ts';

/** Whether a rate is above zero. */
const bears = ({ rate }: TaxView): boolean => compareDecimals(rate, '0') > 0;

/**
 * What the document is called. In Australia a note that changes a tax invoice is an adjustment note. Without
 * a tax number or a tax it is no tax invoice.
 */
export function titleOf(view: InvoiceView): string {
  const australian = view.seller.address.country === 'AU';
  switch (view.kind) {
    case 'invoice':
      return view.seller.tax_id !== '' && view.taxes.some(bears) ? 'Tax invoice' : 'Invoice';
    case 'credit_note':
      return australian && !view.goodwill ? 'Credit note (adjustment note)' : 'Credit note';
    case 'debit_note':
      return australian ? 'Debit note (adjustment note)' : 'Debit note';
  }
}

const columns: readonly Column[] = [
  { title: 'Description', width: 0, align: 'left' },
  { title: 'Days', width: 80, align: 'left' },
  { title: 'Quantity', width: 54, align: 'right' },
  { title: 'Unit', width: 44, align: 'left' },
  { title: 'Unit price', width: 52, align: 'right' },
  { title: 'Amount', width: 62, align: 'right' },
];

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

/** Days from the first to the last, both counted. */
const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from) + 1;

const countOf = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

/** For which days a line is: the whole period, or the days that it names. */
function daysCell(view: InvoiceView, line: DocumentLineView, format: LocaleFormat): Cell {
  const whole = daysBetween(view.period_start, view.period_end);
  if (line.from === null || line.to === null) return countOf(whole);
  if (line.from === view.period_start && line.to === view.period_end) return countOf(whole);
  const days = daysBetween(line.from, line.to);
  const range = line.from === line.to ? format.shortDay(line.from) : shortRange(line.from, line.to, format);
  return { text: range, note: `${days} of ${countOf(whole)}` };
}

function shortRange(from: string, to: string, format: LocaleFormat): string {
  const end = format.shortDay(to);
  const start = format.shortDay(from);
  // `12 – 30 Apr 2026`: the month and the year stand once.
  const sameMonth = from.slice(0, 7) === to.slice(0, 7);
  const date = start.split('\u00a0');
  return sameMonth && date.length === 3 && /^\d+$/.test(date[0] ?? '')
    ? `${date[0]} – ${end}`
    : `${start} – ${end}`;
}

const unitNames: Record<string, string> = {
  gb: 'GB',
  '1k_tokens': '1,000 tokens',
};

function rowOf(view: InvoiceView, line: DocumentLineView, format: LocaleFormat): Cell[] {
  return [
    line.description,
    daysCell(view, line, format),
    format.quantity(line.qty),
    unitNames[line.unit] ?? line.unit,
    format.price(line.unit_price_cents),
    format.amount(line.amount_cents),
  ];
}

function groupTitle(group: LineGroupView): { text: string; note: string | null } {
  if (group.deployment_id === null) return { text: 'Other', note: null };
  const name = group.display_name ?? group.slug ?? group.deployment_id;
  return { text: name, note: group.slug === null || group.slug === name ? null : group.slug };
}

function factsOf(view: InvoiceView, format: LocaleFormat): Fact[] {
  const invoice = view.kind === 'invoice';
  return [
    [invoice ? 'Invoice number' : 'Note number', view.number],
    [invoice ? 'Invoice date' : 'Date', format.day(view.issued_on)],
    ...(view.kind === 'credit_note' ? [] : ([['Due', format.day(view.due_on)]] as Fact[])),
    ['Period', `${format.shortDay(view.period_start)} – ${format.shortDay(view.period_end)}`],
    ...(view.corrects === null
      ? []
      : ([
          ['Corrects invoice', view.corrects.number],
          ['Of', format.day(view.corrects.issued_on)],
        ] as Fact[])),
    ...(view.buyer.po_number === null || view.buyer.po_number === ''
      ? []
      : ([['Purchase order', view.buyer.po_number]] as Fact[])),
    ['Currency', view.currency],
  ];
}

function sumsOf(view: InvoiceView, format: LocaleFormat): Sum[] {
  const credit = view.kind === 'credit_note';
  return [
    { name: 'Subtotal', amount: format.amount(view.subtotal_cents) },
    ...view.taxes.map((tax) => ({
      name: `${tax.name} ${format.percent(tax.rate)} of ${format.amount(tax.taxable_cents)}`,
      amount: format.amount(tax.tax_cents),
    })),
    { name: `Total ${view.currency}`, amount: format.money(view.total_cents, view.currency), strong: true },
    ...(credit
      ? []
      : [
          { name: 'Paid', amount: format.amount(view.paid_cents) },
          { name: 'Amount due', amount: format.money(view.due_cents, view.currency), strong: true },
        ]),
  ];
}

function bandOf(view: InvoiceView, format: LocaleFormat): [name: string, amount: string, note: string] {
  if (view.kind === 'credit_note')
    return [
      'CREDIT',
      format.money(view.total_cents, view.currency),
      'Set against what you owe, or kept as your balance',
    ];
  const due = format.money(view.due_cents, view.currency);
  return [
    'AMOUNT DUE',
    due,
    view.due_cents > 0 ? `Please pay by ${format.day(view.due_on)}` : 'Nothing to pay',
  ];
}

/** An invoice, a credit note or a debit note as an uncompressed PDF. */
export async function renderInvoice(view: InvoiceView): Promise<Buffer> {
  const format = formatFor(view.buyer.locale);
  const title = titleOf(view);
  const author = view.seller.legal_name;
  const canvas = new Canvas({ title: `${title} ${view.number}`, author, day: view.issued_on });
  const flow = new Flow(canvas, `${author}  ·  ${title} ${view.number}`);
  drawLetterhead(flow, view.seller, title, view.goodwill ? 'Goodwill credit' : null);
  drawParties(flow, view.buyer, view.seller.address.country, 'BILLED TO', factsOf(view, format));
  if (view.reason !== null && view.reason !== '') {
    flow.paragraph(`Reason: ${view.reason}`, { size: 9 }, paper.right - paper.left);
    flow.y += 10;
  }
  drawBand(flow, ...bandOf(view, format));
  const sums = sumsOf(view, format);
  const pays = view.kind !== 'credit_note' && view.due_cents > 0;
  const beside = pays ? howToPay(view.seller, view.number) : [];
  const lastNeeds = sumsHeight(sums, beside) + 16;
  view.groups.forEach((group, index) => {
    drawTable(
      flow,
      {
        title: groupTitle(group),
        columns,
        rows: group.lines.map((line) => rowOf(view, line, format)),
        sum: { label: 'Subtotal', amount: format.amount(group.subtotal_cents) },
      },
      index === view.groups.length - 1 ? lastNeeds : 0,
    );
  });
  drawSums(flow, sums, 'HOW TO PAY', beside);
  return flow.end(view.seller.footer, view.number);
}
