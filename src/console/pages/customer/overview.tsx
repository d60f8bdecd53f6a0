import type { z } from 'zod';
import { listDeploymentsRoute } from '../../../http/routes/deployments.ts';
import { listInvoicesRoute } from '../../../http/routes/invoice-list.ts';
import type { accountRoute } from '../../../http/routes/tenants.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import type { Ask } from '../../page.ts';
import { DeploymentState } from '../../parts/deployment-state.tsx';
import { Empty, Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Absent, Figure, Figures, Money, monthName } from '../../parts/values.tsx';
import { InvoiceTable } from './invoice-table.tsx';

type Deployment = z.output<typeof listDeploymentsRoute.response>['data'][number];
type Forecast = z.output<typeof usageForecastRoute.response>['data'];
type Accrued = Forecast['deployments'][number];
export type Account = z.output<typeof accountRoute.response>['data'];

/** What is past its last day to pay. */
export const overdueOf = (account: Account): number =>
  account.days_1_30_cents + account.days_31_60_cents + account.days_61_90_cents + account.over_90_cents;

/** What the first page of a customer shows. */
export async function loadOverview(ask: Ask, tenant_id: string) {
  const [deployments, forecast, invoices] = await Promise.all([
    ask(listDeploymentsRoute, { query: { tenant_id, limit: '200' } }),
    ask(usageForecastRoute, { query: { tenant_id } }),
    ask(listInvoicesRoute, { query: { tenant_id, limit: '6' } }),
  ]);
  return { deployments, forecast: forecast.data, invoices };
}

/** The account, the running month, the deployments and the latest invoices of a customer. */
export function Overview({
  account,
  deployments,
  forecast,
  invoices,
}: { account: Account } & Awaited<ReturnType<typeof loadOverview>>) {
  const overdue = overdueOf(account);
  const month = monthName(forecast.period);
  return (
    <>
      <Figures>
        <Figure name="Open" note={overdue > 0 ? 'invoices, notes and opening balance' : 'nothing is overdue'}>
          <Money cents={account.total_cents} currency={account.currency} />
        </Figure>
        {overdue > 0 && (
          <Figure name="Overdue" note="past the last day to pay">
            <Money cents={overdue} />
          </Figure>
        )}
        <Figure
          name="Balance"
          note={account.balance_cents > 0 ? 'it pays the next invoice' : 'nothing is paid ahead'}
        >
          <Money cents={account.balance_cents} />
        </Figure>
        <Figure name={`${month} so far`} note="before tax">
          <Money cents={forecast.total_cents} />
        </Figure>
        <Figure name={`${month} at this pace`} note={`${forecast.days.complete} days have ended`}>
          <Money cents={forecast.forecast.so_far_cents} />
        </Figure>
      </Figures>
      {forecast.not_billable.map(({ reason }) => (
        <Notice tone="bad" title="This month can't be billed">
          <p>{reason}</p>
        </Notice>
      ))}
      <Deployments rows={deployments.data} forecast={forecast} />
      <Section title="Latest invoices" tools={<a href="?tab=money">All invoices and payments</a>}>
        <InvoiceTable caption={`Latest invoices, ${account.currency}`} rows={invoices.data} />
      </Section>
    </>
  );
}

function Deployments({ rows, forecast }: { rows: readonly Deployment[]; forecast: Forecast }) {
  const accrued = new Map(forecast.deployments.map((one) => [one.deployment_id, one]));
  const figure = (key: string, label: string, of: (one: Accrued) => number | null): Column<Deployment> => ({
    key,
    label,
    align: 'end',
    cell: ({ id }) => {
      const one = accrued.get(id);
      return one === undefined ? <Absent /> : <Money cents={of(one)} />;
    },
  });
  const columns: readonly Column<Deployment>[] = [
    { key: 'name', label: 'Deployment', wraps: true, cell: ({ display_name }) => display_name },
    { key: 'state', label: 'State', cell: ({ state }) => <DeploymentState state={state} /> },
    {
      key: 'plan',
      label: 'Plan',
      cell: ({ plan_code, plan_version }) =>
        plan_code === null ? <Absent /> : `${plan_code} v${plan_version ?? ''}`,
    },
    figure('recurring', 'Recurring', (one) => one.recurring_cents),
    figure('overage', 'Overage', (one) => one.overage_cents),
    figure('llm', 'LLM', (one) => one.llm_cents),
    figure('charges', 'One-off', (one) => one.charges_cents),
    figure('total', 'So far', (one) => one.total_cents),
    figure('pace', 'At this pace', (one) => one.forecast.so_far_cents),
  ];
  return (
    <Section
      title="Deployments and this month"
      note="What the running month would be invoiced with the usage so far, before tax."
    >
      <DataTable
        caption={`Deployments, and what ${monthName(forecast.period)} comes to so far, ${forecast.currency}`}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/deployments/${id}`}
        totals={{
          total: <Money cents={forecast.total_cents} />,
          pace: <Money cents={forecast.forecast.so_far_cents} />,
        }}
        empty={<Empty title="This customer has no deployment." />}
      />
    </Section>
  );
}
