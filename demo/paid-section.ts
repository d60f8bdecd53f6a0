// What became of the invoice, as a section of the report: its document, its notes, and what is owed.
import { money } from '../src/pricing/amount-text.ts';
import type { Paid } from './getting-paid.ts';
import { section, table, type Style } from './text.ts';

/** The section. */
export function paidSection(
  { number, dueOn, pdf, invoice, corrections, receivables }: Paid,
  style: Style,
): string[] {
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return [
    ...section(`Getting paid: ${number}`, style, `due ${dueOn}, ${invoice.status.replace('_', ' ')}`),
    ...table(
      [{ heading: 'document', max: 18 }, { heading: 'why', max: 44 }, right('amount')],
      [
        [number, 'tax invoice', money(invoice.total_cents)],
        ...corrections.map((note) => [note.number ?? '', note.reason, money(note.total_cents)]),
        ['payment', 'bank transfer', money(-invoice.paid_cents)],
        '-',
        ['open', '', money(invoice.open_cents)],
      ],
      style,
    ),
    '',
    `  The document: ${pdf.path}`,
    ...section('Receivables', style, `as of ${receivables.as_of}, by days past due`),
    ...table(
      [
        { heading: 'tenant' },
        ...['current', '1–30', '31–60', '61–90', 'over 90', 'total', 'balance'].map(right),
      ],
      [
        ...receivables.data.map((tenant) => [tenant.tenant_id, ...aged(tenant)]),
        '-',
        ['total', ...aged(receivables.totals)],
      ],
      style,
    ),
  ];
}

function aged(row: Paid['receivables']['totals']): string[] {
  return [
    row.current_cents,
    row.days_1_30_cents,
    row.days_31_60_cents,
    row.days_61_90_cents,
    row.over_90_cents,
    row.total_cents,
    row.balance_cents,
  ].map(money);
}
