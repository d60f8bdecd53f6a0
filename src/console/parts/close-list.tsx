import type { z } from 'zod';
import type { closeListRoute } from '../../http/routes/invoice-close.ts';
import { closeItemHref, closeItemLabel, closeStates } from './close-items.ts';
import { Section } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { Chip, Money, monthName, Quantity } from './values.tsx';

export type MonthClose = z.output<typeof closeListRoute.response>['data'];
type Item = MonthClose['items'][number];

const order = ['blocks', 'warns', 'ok'];

const columns: readonly Column<Item>[] = [
  { key: 'item', label: 'What', wraps: true, cell: ({ item }) => closeItemLabel(item) },
  {
    key: 'status',
    label: 'State',
    cell: ({ status }) => (
      <Chip tone={closeStates[status]?.tone ?? 'plain'}>{closeStates[status]?.label ?? status}</Chip>
    ),
  },
  { key: 'detail', label: 'Why', wraps: true, cell: ({ detail }) => detail },
  {
    key: 'count',
    label: 'How many',
    align: 'end',
    minor: true,
    cell: ({ count, status }) => (status === 'ok' ? null : <Quantity value={count} />),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents, status }) => (status === 'ok' ? null : <Money cents={amount_cents} />),
  },
];

/** What stands between a month and its issue: what blocks first, each item with the page that mends it. */
export function CloseList({ close: { period, items } }: { close: MonthClose }) {
  const rows = [...items].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const counts = order.map((status) => items.filter((item) => item.status === status).length);
  const blocked = counts[0] === 0 ? 'Nothing blocks' : `${counts[0]} block`;
  return (
    <Section
      title="What stands in the way"
      id="list"
      note={`${blocked}, ${counts[1]} to look at, ${counts[2]} ok. Each leads to where it is mended.`}
    >
      <DataTable
        caption={`Close list of ${monthName(period)}`}
        columns={columns}
        rows={rows}
        rowKey={({ item }) => item}
        href={({ item, link }) => closeItemHref(item, period, link)}
        empty="The list has no items."
      />
    </Section>
  );
}
