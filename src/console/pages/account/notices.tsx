import { z } from 'zod';
import { noticesRoute } from '../../../http/routes/notices.ts';
import { definePage } from '../../page.ts';
import { Empty } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Absent, Day, Money } from '../../parts/values.tsx';
import { plainWords } from '../../parts/words.ts';

type Sent = z.output<typeof noticesRoute.response>['data'][number];

const columns: readonly Column<Sent>[] = [
  { key: 'day', label: 'Day', cell: ({ day }) => <Day day={day} /> },
  { key: 'kind', label: 'What for', cell: ({ kind }) => plainWords(kind) },
  {
    key: 'deployments',
    label: 'Deployments',
    wraps: true,
    cell: ({ deployments, more_deployments }) => (
      <>
        {deployments.map(({ deployment_id, display_name }, index) => (
          <>
            {index > 0 && ', '}
            <a href={`/console/account/deployments/${deployment_id}`}>{display_name}</a>
          </>
        ))}
        {more_deployments > 0 && ` and ${more_deployments} more`}
      </>
    ),
  },
  {
    key: 'invoices',
    label: 'Invoices',
    wraps: true,
    cell: ({ invoices, more_invoices }) =>
      invoices.length === 0 ? (
        <Absent />
      ) : (
        <>
          {invoices.map(({ invoice_id, number }, index) => (
            <>
              {index > 0 && ', '}
              <a href={`/console/account/invoices/${invoice_id}`}>{number ?? 'invoice'}</a>
            </>
          ))}
          {more_invoices > 0 && ` and ${more_invoices} more`}
        </>
      ),
  },
  {
    key: 'open',
    label: 'Overdue then',
    align: 'end',
    cell: ({ open_cents }) => <Money cents={open_cents} />,
  },
  { key: 'suspends', label: 'Suspended on', cell: ({ suspends_on }) => <Day day={suspends_on} /> },
];

/** The mails that a tenant got before a step such as a suspension. */
export const accountNoticesPage = definePage({
  path: '/console/account/notices',
  access: 'account',
  nav: { group: 'Account', label: 'Notices' },
  query: z.strictObject({ cursor: z.string().optional(), sort: z.string().optional() }),
  load: ({ ask, query: { cursor }, tenantId }) =>
    ask(noticesRoute, { params: { tenant_id: tenantId ?? '' }, query: { cursor } }),
  title: () => 'Notices',
  view: ({ data, next_cursor }) => (
    <>
      <PageHead title="Notices" lead="Mails that we sent before a deployment changes its state." />
      <DataTable
        caption={`Notices${data[0] === undefined ? '' : `, ${data[0].currency}`}`}
        columns={columns}
        rows={data}
        rowKey={({ delivery_id }) => delivery_id}
        nextCursor={next_cursor}
        empty={<Empty title="No notice was sent yet." />}
      />
    </>
  ),
});
