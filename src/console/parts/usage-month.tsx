import type { z } from 'zod';
import type { usageDaysRoute } from '../../http/routes/usage-days.ts';
import type { usageForecastRoute } from '../../http/routes/usage-forecast.ts';
import { displayQty } from '../../pricing/metering.ts';
import { Bars, Share, type Bar } from './charts.tsx';
import { Notice } from './notice.tsx';
import { Columns } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { Absent, grouped, Money, Quantity } from './values.tsx';
import { kindHeading } from './words.ts';

/** A deployment's month, as the API has it. */
export type DeploymentMonth = z.output<typeof usageDaysRoute.response>['data'][number];
type Kind = DeploymentMonth['kinds'][number];
type ForecastDeployment = z.output<typeof usageForecastRoute.response>['data']['deployments'][number];
type ForecastKind = ForecastDeployment['kinds'][number];

interface Row extends Kind {
  forecast: ForecastKind['forecast'] | null;
}

/** For drawing and sorting alone. */
const drawn = (qty: string): number => Number.parseFloat(qty);

const reasons: Readonly<Record<string, string>> = {
  'no-subscription': 'no subscription',
  'before-start': 'before the start',
};

/** `2026-05-01` and 31 days make the days of May. */
function daysOf(period: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_none, day) => `${period.slice(0, 8)}${String(day + 1).padStart(2, '0')}`,
  );
}

/** The running total by day; days to come stay empty. */
function barsOf({ days }: Kind, dates: readonly string[], today: string): Bar[] {
  const used = new Map(days.map((day) => [day.day, day]));
  let soFar = '0';
  return dates.map((label) => {
    const day = used.get(label);
    if (day !== undefined) soFar = day.so_far_qty;
    if (label > today) return { label, value: 0, text: 'to come' };
    const text =
      day === undefined
        ? `no record; ${grouped(soFar)} so far`
        : `${grouped(day.qty)}${day.in_force ? '' : ', not in force'}; ${grouped(soFar)} so far`;
    return { label, value: drawn(soFar), text };
  });
}

/**
 * A deployment's usage of a month: what adds up day by day, each kind against its allowance, and where it
 * goes if it goes on.
 */
export function DeploymentUsage({
  month,
  forecast,
  period,
  daysInMonth,
  today,
  currency,
}: {
  month: DeploymentMonth;
  /** Of the running month. */
  forecast?: ForecastDeployment | undefined;
  period: string;
  daysInMonth: number;
  today: string;
  currency: string;
}) {
  const dates = daysOf(period, daysInMonth);
  const ahead = new Map(forecast?.kinds.map((kind) => [kind.resource_kind, kind.forecast]));
  const rows = month.kinds.map((kind): Row => ({ ...kind, forecast: ahead.get(kind.resource_kind) ?? null }));
  const used = rows.filter(({ days }) => days.length > 0);
  const out = month.status.filter(({ reason }) => reason !== null);
  return (
    <>
      {out.length > 0 && (
        <Notice tone="info" title="Not in force on some days">
          <p>
            {out
              .map(({ from, to, reason }) => `${from} to ${to}: ${reasons[reason ?? ''] ?? reason ?? ''}`)
              .join('; ')}
            . Usage of these days is not billed.
          </p>
        </Notice>
      )}
      <DataTable
        caption={`Usage against allowance, amounts in ${currency}`}
        columns={columnsOf(forecast !== undefined)}
        rows={rows}
        rowKey={({ resource_kind }) => resource_kind}
        empty="Nothing was used or allowed in this month."
        name="usage"
      />
      {used.length > 0 && (
        <Columns>
          {used.map((kind) => (
            <Bars
              title={`${kindHeading(kind.resource_kind)}, adding up by day`}
              bars={barsOf(kind, dates, today)}
              limit={{ value: drawn(kind.allowance_qty), text: `allowance ${grouped(kind.allowance_qty)}` }}
            />
          ))}
        </Columns>
      )}
    </>
  );
}

function columnsOf(isRunning: boolean): Column<Row>[] {
  return [
    {
      key: 'kind',
      label: 'Kind',
      sort: ({ resource_kind }) => resource_kind,
      cell: ({ resource_kind }) => kindHeading(resource_kind),
    },
    {
      key: 'used',
      label: 'Used',
      align: 'end',
      sort: ({ used_qty }) => drawn(used_qty),
      cell: ({ used_qty }) => <Quantity value={used_qty} />,
    },
    {
      key: 'allowance',
      label: 'Allowance',
      align: 'end',
      sort: ({ allowance_qty }) => drawn(allowance_qty),
      cell: ({ allowance_qty }) => <Quantity value={allowance_qty} />,
    },
    {
      key: 'share',
      label: 'Of the allowance',
      cell: ({ used_qty, allowance_qty }) =>
        drawn(allowance_qty) === 0 ? <Absent /> : <Share value={drawn(used_qty)} of={drawn(allowance_qty)} />,
    },
    ...(isRunning ? forecastColumns : []),
  ];
}

/** A forecast is no exact figure: at two places where it is not whole. */
const rounded = (qty: string | null | undefined): string | null | undefined =>
  qty?.includes('.') === true ? displayQty(qty, 2) : qty;

const forecastColumns: Column<Row>[] = [
  {
    key: 'pace',
    label: 'At this pace',
    align: 'end',
    cell: ({ forecast }) => <Quantity value={rounded(forecast?.so_far_qty)} />,
  },
  {
    key: 'overage',
    label: 'Overage at this pace',
    align: 'end',
    cell: ({ forecast }) => <Money cents={forecast?.so_far_overage_cents} />,
  },
  {
    key: 'week',
    label: 'Last 7 days',
    align: 'end',
    cell: ({ forecast }) => <Money cents={forecast?.last_7_days_overage_cents} />,
  },
];
