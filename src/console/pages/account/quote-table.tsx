import type { ComponentChildren } from 'preact';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Chip, Money, Quantity } from '../../parts/values.tsx';
import { kindName, kindUnit, unitName } from '../../parts/words.ts';
import type { Quoted, QuotedPlan } from './quoted-plan.ts';

/** A figure of every plan. */
interface FigureRow {
  key: string;
  label: ComponentChildren;
  cell: (quoted: QuotedPlan) => ComponentChildren;
}

/** The quotes of all plans for one usage: a column each, the figures as the API answers them. */
export function QuoteTable({ quotes }: { quotes: readonly QuotedPlan[] }) {
  const lowest = Math.min(...quotes.map(({ quote }) => quote.all_in_monthly_cents));
  const columns: readonly Column<FigureRow>[] = [
    { key: 'figure', label: 'A month', wraps: true, cell: ({ label }) => label },
    ...quotes.map((quoted): Column<FigureRow> => ({
      key: quoted.plan.code,
      label: quoted.plan.name,
      align: 'end',
      cell: ({ cell }) => cell(quoted),
    })),
  ];
  const currency = quotes[0]?.quote.currency ?? '';
  return (
    <DataTable
      caption={`A month in each plan, ${currency}, before tax`}
      columns={columns}
      rows={rowsOf(quotes, lowest)}
      rowKey={({ key }) => key}
      empty="There is no plan on offer."
    />
  );
}

function rowsOf(quotes: readonly QuotedPlan[], lowest: number): FigureRow[] {
  const kinds = [
    ...new Set(
      quotes.flatMap(({ quote }) => quote.overage.lines.map(({ resource_kind }) => resource_kind ?? '')),
    ),
  ];
  const first = quotes[0]?.quote.first_invoice;
  return [
    {
      key: 'base',
      label: 'Plan',
      cell: ({ quote }) => <Lines lines={quote.recurring.lines.filter(({ kind }) => kind === 'plan_base')} />,
    },
    {
      key: 'addons',
      label: 'Addons',
      cell: ({ quote }) => <Lines lines={quote.recurring.lines.filter(({ kind }) => kind === 'addon')} />,
    },
    ...kinds.map((kind): FigureRow => ({
      key: `over-${kind}`,
      label: `${kindName(kind)} beyond what is included`,
      cell: ({ quote }) => (
        <Lines lines={quote.overage.lines.filter(({ resource_kind }) => resource_kind === kind)} priced />
      ),
    })),
    {
      key: 'all',
      label: <strong>All in, each month</strong>,
      cell: ({ quote }) => (
        <>
          {quote.all_in_monthly_cents === lowest && quotes.length > 1 && (
            <>
              <Chip tone="good">lowest</Chip>{' '}
            </>
          )}
          <strong>
            <Money cents={quote.all_in_monthly_cents} />
          </strong>
        </>
      ),
    },
    ...(first === undefined
      ? []
      : [
          {
            key: 'first',
            label: `Plan and addons in the first month, ${first.days_remaining} of ${first.days_in_month} days`,
            cell: ({ quote }: QuotedPlan) => <Money cents={quote.first_invoice.total_cents} />,
          },
        ]),
  ];
}

/** Lines of a quote: an amount each, with the quantity and price where they say more. */
function Lines({
  lines,
  priced = false,
}: {
  lines: readonly Quoted['overage']['lines'][number][];
  priced?: boolean;
}) {
  if (lines.length === 0) return <Money cents={0} />;
  return (
    <>
      {lines.map(({ amount_cents, qty, unit, unit_price_cents, description, resource_kind }) => (
        <div title={description}>
          <Money cents={amount_cents} />
          {priced && (
            <div class="muted hint">
              <Quantity value={qty} unit={kindUnit(resource_kind ?? '') || unitName(unit)} /> at{' '}
              <Money cents={unit_price_cents} />
            </div>
          )}
        </div>
      ))}
    </>
  );
}
