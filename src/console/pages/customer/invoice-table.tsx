import type { z } from 'zod';
import type { listInvoicesRoute } from '../../../http/routes/invoice-list.ts';
import { InvoiceStatus } from '../../parts/invoice-states.tsx';
import { Empty } from '../../parts/notice.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Chip, Day, Money, monthName } from '../../parts/values.tsx';

type Invoice = z.output<typeof listInvoicesRoute.response>['data'][number];

const columns: readonly Column<Invoice>[] = [
  { key: 'number', label: 'Number', cell: ({ number }) => number ?? 'no number yet' },
  { key: 'period', label: 'Month', cell: ({ period_start }) => monthName(period_start) },
  {
    key: 'status',
    label: 'State',
    cell: ({ status, overdue, late }) => (
      <>
        <InvoiceStatus status={status} overdue={overdue} />
        {late && <Chip tone="warn">late facts</Chip>}
      </>
    ),
  },
  { key: 'due', label: 'Due', cell: ({ due_on }) => <Day day={due_on} /> },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    cell: ({ total_cents }) => <Money cents={total_cents} />,
  },
  { key: 'open', label: 'Open', align: 'end', cell: ({ open_cents }) => <Money cents={open_cents} /> },
];

/** Invoices of one customer. */
export function InvoiceTable({
  caption,
  rows,
  nextCursor,
}: {
  caption: string;
  rows: readonly Invoice[];
  nextCursor?: string | null;
}) {
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      href={({ id }) => `/console/invoices/${id}`}
      nextCursor={nextCursor ?? null}
      name="invoices"
      empty={<Empty title="This customer has no invoice yet." />}
    />
  );
}
