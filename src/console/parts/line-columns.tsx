import type { ComponentChildren } from 'preact';
import { Narrow, type Column } from './table.tsx';
import { Id, Money, Quantity } from './values.tsx';
import { lineText } from './words.ts';

/**
 * A line's description.
 * @param below what stands below it where the columns that have it are left out
 */
export const descriptionColumn = <Line extends { description: string }>(
  below: (line: Line) => ComponentChildren,
): Column<Line> => ({
  key: 'description',
  label: 'Description',
  wraps: true,
  cell: (line) => (
    <>
      {line.description}
      <Narrow>{below(line)}</Narrow>
    </>
  ),
});

/** A line of a document, as the API has it. */
export interface DocumentLine {
  kind: string;
  description: string;
  deployment_id: string | null;
  qty: string;
  unit: string;
  unit_price_cents: number;
  amount_cents: number;
}

/**
 * The columns of the lines of a document.
 * @param ofNone what stands for the deployment of a line that has none
 */
export const lineColumns = (ofNone: ComponentChildren): readonly Column<DocumentLine>[] => [
  { key: 'description', label: 'Line', wraps: true, cell: ({ description }) => lineText(description) },
  {
    key: 'deployment',
    label: 'Deployment',
    cell: ({ deployment_id }) =>
      deployment_id === null ? (
        ofNone
      ) : (
        <Id id={deployment_id} href={`/console/deployments/${encodeURIComponent(deployment_id)}`} />
      ),
  },
  {
    key: 'qty',
    label: 'Quantity',
    align: 'end',
    cell: ({ kind, qty, unit }) => (kind === 'tax' ? null : <Quantity value={qty} unit={unit} />),
  },
  {
    key: 'price',
    label: 'Unit price',
    align: 'end',
    cell: ({ kind, unit_price_cents }) => (kind === 'tax' ? null : <Money cents={unit_price_cents} />),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
];
