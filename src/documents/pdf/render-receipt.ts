import type { ReceiptView } from '../document-view.ts';
import { formatFor } from '../locale-format.ts';
import { Canvas } from './canvas.ts';
import { Flow } from './flow.ts';
import { drawBand, drawLetterhead, drawParties, drawSums, sumsHeight, type Sum } from './parts.ts';
import { drawTable, type Column } from './table.ts';

const columns: readonly Column[] = [
  { title: 'Paid', width: 0, align: 'left' },
  { title: 'Amount', width: 90, align: 'right' },
];

/** A receipt as an uncompressed PDF. */
export async function renderReceipt(view: ReceiptView): Promise<Buffer> {
  const format = formatFor(view.buyer.locale);
  const author = view.seller.legal_name;
  const canvas = new Canvas({ title: `Receipt ${view.number}`, author, day: view.received_on });
  const flow = new Flow(canvas, `${author}  ·  Receipt ${view.number}`);
  drawLetterhead(flow, view.seller, 'Receipt', null);
  drawParties(flow, view.buyer, view.seller.address.country, 'RECEIVED FROM', [
    ['Receipt number', view.number],
    ['Received', format.day(view.received_on)],
    ['Method', view.method.replaceAll('_', ' ')],
    ['Reference', view.reference],
    ['Currency', view.currency],
  ]);
  const received = format.money(view.amount_cents, view.currency);
  drawBand(flow, 'RECEIVED WITH THANKS', received, `On ${format.day(view.received_on)}`);
  const sums: Sum[] = [
    { name: `Received ${view.currency}`, amount: received, strong: true },
    { name: 'Kept as your balance', amount: format.amount(view.balance_cents) },
  ];
  if (view.allocations.length > 0)
    drawTable(
      flow,
      {
        title: { text: 'What it paid', note: null },
        columns,
        rows: view.allocations.map((paid) => [paid.number, format.amount(paid.amount_cents)]),
        sum: null,
      },
      sumsHeight(sums, []),
    );
  drawSums(flow, sums, '', []);
  return flow.end(view.seller.footer, view.number);
}
