import type { z } from 'zod';
import { noticesRoute } from '../../../http/routes/notices.ts';
import type { Ask } from '../../page.ts';
import { Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Chip, Day, Instant, Money, type Tone } from '../../parts/values.tsx';

type Notices = z.output<typeof noticesRoute.response>;
type Notice = Notices['data'][number];

/** The mails to a customer before steps of the automatic lifecycle. */
export const loadNotices = (ask: Ask, tenant_id: string, cursor: string | undefined): Promise<Notices> =>
  ask(noticesRoute, { params: { tenant_id }, query: { cursor } });

const tones: Readonly<Record<string, Tone>> = { sent: 'good', failed: 'bad', partly_sent: 'warn' };

const columns: readonly Column<Notice>[] = [
  { key: 'day', label: 'Holds from', cell: ({ day }) => <Day day={day} /> },
  { key: 'kind', label: 'Kind', cell: ({ kind }) => kind.replaceAll(/[_-]/g, ' ') },
  {
    key: 'what',
    label: 'Deployments',
    wraps: true,
    cell: ({ deployments, more_deployments }) =>
      deployments.map(({ display_name }) => display_name).join(', ') +
      (more_deployments > 0 ? ` and ${more_deployments} more` : ''),
  },
  {
    key: 'status',
    label: 'Mail',
    cell: ({ status }) => <Chip tone={tones[status] ?? 'plain'}>{status.replaceAll('_', ' ')}</Chip>,
  },
  {
    key: 'to',
    label: 'To',
    wraps: true,
    cell: ({ recipients }) => (recipients === null ? 'erased' : recipients.join(', ')),
  },
  { key: 'at', label: 'Asked for (UTC)', cell: ({ requested_at }) => <Instant at={requested_at} /> },
  { key: 'open', label: 'Overdue', align: 'end', cell: ({ open_cents }) => <Money cents={open_cents} /> },
];

/** Notices to a customer, newest first. */
export function NoticesTab({ notices }: { notices: Notices }) {
  return (
    <Section title="Notices" note="Mail before a trial ends, and before overdue invoices have consequences.">
      <DataTable
        caption={`Notices${notices.data[0] === undefined ? '' : `, ${notices.data[0].currency}`}`}
        columns={columns}
        rows={notices.data}
        rowKey={({ delivery_id }) => delivery_id}
        nextCursor={notices.next_cursor}
        empty={<Empty title="This customer was sent no notice." />}
      />
    </Section>
  );
}
