import type { z } from 'zod';
import type { marginChangeAnswer } from '../../http/routes/margin-change-answer.ts';
import { BeforeAfter } from './charts.tsx';
import { Empty } from './notice.tsx';
import { DataTable, type Column } from './table.tsx';
import { Money, monthName, Percent } from './values.tsx';

type Change = z.output<typeof marginChangeAnswer>;
type Figures = Change['tenants'][number]['before'];

interface Changed {
  key: string;
  name: string;
  before: Figures;
  after: Figures;
}

const columns: readonly Column<Changed>[] = [
  { key: 'name', label: 'Whose', wraps: true, cell: ({ name }) => name },
  {
    key: 'costs',
    minor: true,
    label: 'Costs',
    align: 'end',
    cell: ({ before, after }) => <BeforeAfter before={before.cogs_cents} after={after.cogs_cents} />,
  },
  {
    key: 'shared',
    minor: true,
    label: 'Of it shared',
    align: 'end',
    cell: ({ before, after }) => <BeforeAfter before={before.shared_cents} after={after.shared_cents} />,
  },
  {
    key: 'margin',
    label: 'Margin',
    align: 'end',
    cell: ({ before, after }) => <BeforeAfter before={before.margin_cents} after={after.margin_cents} />,
  },
  {
    key: 'pct',
    label: 'Margin then',
    align: 'end',
    cell: ({ after }) => <Percent value={after.margin_pct} />,
  },
];

/** What a month's margins become: of each tenant that changes, and what stays unattributed. */
export function MarginChange({ change }: { change: Change }) {
  const rows = change.tenants.map((one) => ({ key: one.tenant_id, name: one.tenant_id, ...one }));
  const { before, after } = change.overall;
  return (
    <>
      <DataTable
        caption={`Margins of ${monthName(change.period)} before and after, ${change.currency}`}
        captioned
        columns={columns}
        rows={rows}
        rowKey={({ key }) => key}
        empty={<Empty title={`No tenant's margin of ${monthName(change.period)} changes.`} />}
      />
      <p>
        Unattributed <BeforeAfter before={before.unattributed_cents} after={after.unattributed_cents} />,
        spread over the tenants <BeforeAfter before={before.shared_cents} after={after.shared_cents} />. The
        whole costs <Money cents={after.cogs_cents} currency={change.currency} /> either way.
      </p>
    </>
  );
}
