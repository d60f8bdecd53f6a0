import type { StatementView } from '../document-view.ts';
import { formatFor } from '../locale-format.ts';
import { Canvas } from './canvas.ts';
import { Flow } from './flow.ts';
import { drawBand, drawLetterhead, drawParties, drawSums, howToPay, sumsHeight, type Sum } from './parts.ts';
import { drawTable, type Cell, type Column } from './table.ts';

const columns: readonly Column[] = [
  { title: 'Description', width: 0, align: 'left' },
  { title: 'Day', width: 84, align: 'left' },
  { title: 'Amount', width: 84, align: 'right' },
  { title: 'Owed', width: 84, align: 'right' },
];

/** A statement of account as an uncompressed PDF; it carries its last day as its date. */
export async function renderStatement(view: StatementView): Promise<Buffer> {
  const format = formatFor(view.buyer.locale);
  const author = view.seller.legal_name;
  const period = `${format.shortDay(view.from)} – ${format.shortDay(view.to)}`;
  const canvas = new Canvas({ title: `Statement ${period}`, author, day: view.to });
  const flow = new Flow(canvas, `${author}  ·  Statement ${period}`);
  drawLetterhead(flow, view.seller, 'Statement', null);
  drawParties(flow, view.buyer, view.seller.address.country, 'ACCOUNT OF', [
    ['From', format.day(view.from)],
    ['To', format.day(view.to)],
    ['Currency', view.currency],
  ]);
  const owed = view.closing_cents > 0;
  const closing = format.money(view.closing_cents, view.currency);
  const note = owed ? 'Owed on' : view.closing_cents === 0 ? 'Nothing is owed on' : 'In your favour on';
  drawBand(flow, 'CLOSING BALANCE', closing, `${note} ${format.day(view.to)}`);
  const sums: Sum[] = [{ name: `Balance ${view.currency}`, amount: closing, strong: true }];
  const beside = owed ? howToPay(view.seller, view.buyer.tenant_id) : [];
  const opening: Cell[] = [
    'Opening balance',
    format.shortDay(view.from),
    '',
    format.amount(view.opening_cents),
  ];
  drawTable(
    flow,
    {
      title: null,
      columns,
      rows: [
        opening,
        ...view.entries.map((entry) => [
          entry.description,
          format.shortDay(entry.on),
          format.amount(entry.amount_cents),
          format.amount(entry.balance_cents),
        ]),
      ],
      sum: null,
    },
    sumsHeight(sums, beside),
  );
  drawSums(flow, sums, 'HOW TO PAY', beside);
  return flow.end(view.seller.footer, period);
}
