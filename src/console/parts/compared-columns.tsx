import type { Column } from './table.tsx';
import { BeforeAfter } from './charts.tsx';
import { Absent, Chip, Money } from './values.tsx';

/** A tenant's bill as it is, under other terms, and as it was issued. */
export interface ComparedBill {
  tenant_id: string;
  before_cents: number;
  after_cents: number;
  delta_cents: number;
  issued_cents: number | null;
}

/** The columns of tenants whose bills are compared. */
export const comparedColumns: readonly Column<ComparedBill>[] = [
  { key: 'tenant', label: 'Tenant', sort: ({ tenant_id }) => tenant_id, cell: ({ tenant_id }) => tenant_id },
  {
    key: 'before',
    label: 'As it is',
    align: 'end',
    sort: ({ before_cents }) => before_cents,
    cell: ({ before_cents }) => <Money cents={before_cents} />,
  },
  {
    key: 'after',
    label: 'Under these terms',
    align: 'end',
    sort: ({ after_cents }) => after_cents,
    cell: ({ after_cents }) => <Money cents={after_cents} />,
  },
  {
    key: 'delta',
    label: 'Difference',
    align: 'end',
    sort: ({ delta_cents }) => delta_cents,
    cell: ({ delta_cents }) =>
      delta_cents === 0 ? <Chip>no difference</Chip> : <Money cents={delta_cents} signed />,
  },
  {
    key: 'issued',
    minor: true,
    label: 'Issued',
    align: 'end',
    cell: ({ issued_cents }) => <Money cents={issued_cents} />,
  },
];

/** What is left of revenue after costs, before and after; null where it is not known. */
interface ComparedMargin {
  margin: { before: { margin_cents: number }; after: { margin_cents: number } } | null;
}

/** The column of the margin, before and after. */
export const comparedMargin: Column<ComparedMargin> = {
  key: 'margin',
  minor: true,
  label: 'Margin',
  align: 'end',
  cell: ({ margin }) =>
    margin === null ? (
      <Absent />
    ) : (
      <BeforeAfter before={margin.before.margin_cents} after={margin.after.margin_cents} />
    ),
};
