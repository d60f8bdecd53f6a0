import { z } from 'zod';
import { listInvoicesRoute } from '../../../http/routes/invoice-list.ts';
import { usageDaysRoute } from '../../../http/routes/usage-days.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { monthOf } from '../../../pricing/calendar.ts';
import { definePage } from '../../page.ts';
import { PeriodNav } from '../../parts/filters.tsx';
import { Empty, Notice } from '../../parts/notice.tsx';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Figure, Figures, Money, monthName } from '../../parts/values.tsx';
import { paceText } from './pace.tsx';
import { UsageOfDeployment } from './usage.tsx';

type Forecast = z.output<typeof usageForecastRoute.response>['data'];
type Accrued = Forecast['deployments'][number];

/** What a tenant comes for: what was used, what this month costs, what is to be paid. */
export const accountHomePage = definePage({
  path: '/console/account',
  access: 'account',
  nav: { group: 'Account', label: 'Overview' },
  query: z.strictObject({
    period: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  async load({ ask, query, today }) {
    const period = query.period ?? monthOf(today).slice(0, 7);
    const usage = await ask(usageDaysRoute, { query: { period, cursor: query.cursor } });
    const isNow = usage.period === monthOf(today);
    return {
      usage,
      forecast: isNow ? (await ask(usageForecastRoute)).data : null,
      owed: (await ask(listInvoicesRoute, { query: { summary: 'true', limit: '1' } })).summary,
    };
  },
  title: ({ usage }) => `Overview, ${monthName(usage.period)}`,
  view: ({ usage, forecast, owed }, { today }) => (
    <>
      <PageHead title={monthName(usage.period)} lead="What was used, what it costs, and what is to be paid.">
        <PeriodNav period={usage.period} />
      </PageHead>
      {owed !== undefined && owed.overdue.invoices > 0 && (
        <Notice tone="bad" title="Overdue">
          <p>
            <Money cents={owed.overdue.open_cents} currency={forecast?.currency ?? ''} /> is past its day.{' '}
            <a href="/console/account/invoices?overdue=true">
              {owed.overdue.invoices === 1 ? 'See the invoice' : 'See the invoices'}
            </a>
          </p>
        </Notice>
      )}
      {forecast !== null && <Now forecast={forecast} open={owed?.all.open_cents ?? null} />}
      {forecast !== null && <ByDeployment forecast={forecast} names={namesOf(usage.data)} />}
      {usage.data.length === 0 && (
        <Empty title="There is no deployment yet.">
          <p>
            <a href="/console/account/quote">See what each plan would cost</a>, or{' '}
            <a href="/console/account/deployments">set one up</a>.
          </p>
        </Empty>
      )}
      {usage.data.map((deployment) => (
        <UsageOfDeployment
          deployment={deployment}
          period={usage.period}
          today={today}
          forecast={forecast?.deployments.find(
            ({ deployment_id }) => deployment_id === deployment.deployment_id,
          )}
        />
      ))}
      {usage.next_cursor !== null && (
        <p>
          <a
            rel="next"
            href={`/console/account?period=${usage.period.slice(0, 7)}&cursor=${usage.next_cursor}`}
          >
            More deployments
          </a>
        </p>
      )}
    </>
  ),
});

const namesOf = (deployments: readonly { deployment_id: string; display_name: string }[]) =>
  new Map(deployments.map(({ deployment_id, display_name }) => [deployment_id, display_name]));

function Now({ forecast, open }: { forecast: Forecast; open: number | null }) {
  const { currency, days } = forecast;
  return (
    <>
      <Figures>
        <Figure name="This month now" note="before tax: the month's plans, and usage so far">
          <Money cents={forecast.total_cents} currency={currency} />
        </Figure>
        <Figure name="At this month's pace" note={paceText('so_far', days)}>
          <Money cents={forecast.forecast.so_far_cents} currency={currency} />
        </Figure>
        <Figure name="At the last 7 days' pace" note="before tax, if usage goes on like that">
          <Money cents={forecast.forecast.last_7_days_cents} currency={currency} />
        </Figure>
        <Figure name="To pay" note="open on all invoices, tax included" href="/console/account/invoices">
          <Money cents={open} currency={currency} />
        </Figure>
      </Figures>
      {forecast.not_billable.length > 0 && (
        <Notice tone="warn" title="This month can't be billed as it stands.">
          <p>It comes to more than an invoice may hold. Please get in touch.</p>
        </Notice>
      )}
    </>
  );
}

function ByDeployment({ forecast, names }: { forecast: Forecast; names: ReadonlyMap<string, string> }) {
  const amount = (
    key: string,
    label: string,
    of: (row: Accrued) => number | null,
    minor = true,
  ): Column<Accrued> => ({
    key,
    label,
    align: 'end',
    minor,
    sort: of,
    cell: (row) => <Money cents={of(row)} />,
  });
  const nameOf = (row: Accrued): string => names.get(row.deployment_id) ?? row.deployment_id;
  // What is nothing in every row has no column.
  const some = (of: (row: Accrued) => number): boolean => forecast.deployments.some((row) => of(row) !== 0);
  const columns: readonly Column<Accrued>[] = [
    { key: 'deployment', label: 'Deployment', wraps: true, sort: nameOf, cell: nameOf },
    { key: 'plan', label: 'Plan', minor: true, cell: ({ plan_code }) => plan_code ?? 'none' },
    amount('recurring', 'Plan and addons', ({ recurring_cents }) => recurring_cents),
    amount('overage', 'Beyond allowance', ({ overage_cents }) => overage_cents),
    ...(some(({ llm_cents }) => llm_cents)
      ? [amount('llm', 'Language models', ({ llm_cents }) => llm_cents)]
      : []),
    ...(some(({ charges_cents }) => charges_cents)
      ? [amount('charges', 'Other charges', ({ charges_cents }) => charges_cents)]
      : []),
    amount('total', 'Now', ({ total_cents }) => total_cents, false),
    amount('pace', 'At this pace', ({ forecast: pace }) => pace.so_far_cents, false),
  ];
  return (
    <Section
      title="What this month costs"
      note={`In ${forecast.currency}, before tax. An invoice follows once the month has ended.`}
    >
      <DataTable
        caption={`This month by deployment, ${forecast.currency}`}
        columns={columns}
        rows={forecast.deployments}
        rowKey={({ deployment_id }) => deployment_id}
        href={({ deployment_id }) => `/console/account/deployments/${deployment_id}`}
        empty="No deployment costs anything this month."
        totals={{
          total: <Money cents={forecast.total_cents} />,
          pace: <Money cents={forecast.forecast.so_far_cents} />,
        }}
      />
    </Section>
  );
}
