import { z } from 'zod';
import { listCorrectionsRoute } from '../../http/routes/corrections.ts';
import { definePage } from '../page.ts';
import { Filters, type Filter } from '../parts/filters.tsx';
import { NoteKind, notePurpose } from '../parts/note-kind.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Day, Id, Money, monthName } from '../parts/values.tsx';

type Note = z.output<typeof listCorrectionsRoute.response>['data'][number];

const query = z.strictObject({
  tenant_id: z.string().optional(),
  invoice_id: z.string().optional(),
  period: z.string().optional(),
  sort: z.string().optional(),
  cursor: z.string().optional(),
});

/** Credit and debit notes, the newest first. */
export const correctionsPage = definePage({
  path: '/console/corrections',
  access: 'admin',
  nav: { group: 'Month end', label: 'Corrections' },
  query,
  load: async ({ ask, query: { sort: _sort, ...asked } }) => ask(listCorrectionsRoute, { query: asked }),
  title: () => 'Credit and debit notes',
  view: ({ data, next_cursor }, { query: asked }) => (
    <>
      <PageHead
        title="Credit and debit notes"
        lead="An invoice with its notes of purpose correction is what a fresh roll-up bills. Goodwill is outside of that."
      />
      <Filters filters={filters} keep={['sort']} />
      <DataTable
        caption="Credit and debit notes: those of a credit are negative"
        columns={columns}
        rows={data}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/corrections/${encodeURIComponent(id)}`}
        nextCursor={next_cursor}
        empty={<NoneFound asked={asked} />}
      />
    </>
  ),
});

const filters: readonly Filter[] = [
  { name: 'tenant_id', label: 'Tenant', kind: 'text' },
  { name: 'period', label: 'Month', kind: 'period' },
  { name: 'invoice_id', label: 'Invoice id', kind: 'text' },
];

const columns: readonly Column<Note>[] = [
  { key: 'number', label: 'Number', cell: ({ number }) => number ?? 'not numbered yet' },
  { key: 'kind', label: 'Kind', cell: ({ kind }) => <NoteKind kind={kind} /> },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>,
  },
  {
    key: 'invoice',
    label: 'Of invoice',
    minor: 'tablet',
    cell: ({ invoice_id }) => (
      <Id id={invoice_id} href={`/console/invoices/${encodeURIComponent(invoice_id)}`} />
    ),
  },
  {
    key: 'purpose',
    label: 'Purpose',
    minor: 'tablet',
    sort: ({ purpose }) => purpose,
    cell: ({ purpose }) => notePurpose(purpose),
  },
  { key: 'reason', label: 'Reason', wraps: true, cell: ({ reason }) => reason },
  {
    key: 'issued',
    label: 'Issued',
    sort: ({ issued_at }) => issued_at,
    cell: ({ issued_at }) => <Day day={issued_at} />,
  },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    sort: ({ total_cents }) => total_cents,
    cell: ({ total_cents }) => <Money cents={total_cents} signed />,
  },
];

/** Names the filter that found nothing. */
function NoneFound({ asked: { tenant_id, period, invoice_id } }: { asked: z.output<typeof query> }) {
  const named = [
    tenant_id === undefined ? '' : `of ${tenant_id}`,
    period === undefined ? '' : `of ${monthName(period)}`,
    invoice_id === undefined ? '' : `of invoice ${invoice_id}`,
  ].filter((text) => text !== '');
  return (
    <Empty title={named.length === 0 ? 'No note is issued yet.' : `No note is found: ${named.join(', ')}.`}>
      <p>Notes are issued from the page of their invoice, or by job invoices.correct.</p>
    </Empty>
  );
}
