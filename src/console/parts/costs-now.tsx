import type { z } from 'zod';
import type { costAlertsRoute } from '../../http/routes/cost-alerts.ts';
import type { balanceRoute } from '../../http/routes/costs.ts';
import { Disclosure, Empty, Notice } from './notice.tsx';
import { Section } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { Day, Figure, Figures, Instant, Money } from './values.tsx';

type Alerts = z.output<typeof costAlertsRoute.response>;
type Balance = z.output<typeof balanceRoute.response>['data'];

/** What the operator owes the provider now, and whether that is what was to be expected. */
export function CostsNow({ balance, alerts }: { balance: Balance | null; alerts: Alerts }) {
  const { current } = alerts;
  const open = alerts.data.filter(({ cleared_at }) => cleared_at === null);
  return (
    <Section title="Now">
      {balance === null ? (
        <Empty title="No balance is recorded yet.">
          <p>The job billing.balance records one every hour.</p>
        </Empty>
      ) : (
        <Figures>
          <Figure name="Used this month" note={<Instant at={balance.generated_at} />}>
            <Money cents={balance.month_to_date_usage_cents} currency="USD" />
          </Figure>
          <Figure name="Expected by list prices" note={unpriced(current)}>
            <Money cents={current?.expected_cents} />
          </Figure>
          <Figure name="Difference">
            <Money cents={current?.difference_cents} signed />
          </Figure>
          <Figure name="Account balance" note="before this month">
            <Money cents={balance.account_balance_cents} />
          </Figure>
          <Figure name="Owed now">
            <Money cents={balance.month_to_date_balance_cents} />
          </Figure>
        </Figures>
      )}
      {open.map((alert) => (
        <Notice
          tone="warn"
          title={
            alert.kind === 'growth' ? 'A day costs unusually much or little' : 'The bill is not as expected'
          }
        >
          <p>
            On <Day day={alert.day} /> it came to <Money cents={alert.actual_cents} currency="USD" />,{' '}
            {alert.direction} the expected <Money cents={alert.expected_cents} />.
          </p>
        </Notice>
      ))}
      {alerts.data.length > open.length && (
        <Disclosure summary={`${alerts.data.length - open.length} alerts that have passed`}>
          <DataTable
            caption="Alerts that have passed, USD"
            columns={alertColumns}
            rows={alerts.data.filter(({ cleared_at }) => cleared_at !== null)}
            rowKey={({ id }) => id}
            empty="No alert has passed."
          />
        </Disclosure>
      )}
    </Section>
  );
}

const unpriced = (current: Alerts['current']): string =>
  current === null || current.unpriced_count === 0
    ? 'for what exists'
    : `${current.unpriced_count} resources have no price`;

const alertColumns: readonly Column<Alerts['data'][number]>[] = [
  { key: 'day', label: 'Day', cell: ({ day }) => <Day day={day} /> },
  { key: 'kind', label: 'Kind', cell: ({ kind, direction }) => `${kind}, ${direction}` },
  { key: 'actual', label: 'Actual', align: 'end', cell: (one) => <Money cents={one.actual_cents} /> },
  { key: 'expected', label: 'Expected', align: 'end', cell: (one) => <Money cents={one.expected_cents} /> },
  { key: 'cleared', label: 'Passed', cell: ({ cleared_at }) => <Instant at={cleared_at} /> },
];
