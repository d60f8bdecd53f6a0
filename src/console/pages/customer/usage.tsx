import { usageDaysRoute } from '../../../http/routes/usage-days.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import type { Ask } from '../../page.ts';
import { PeriodNav } from '../../parts/filters.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DeploymentUsage } from '../../parts/usage-month.tsx';
import { useView } from '../../view-context.ts';
import { withQuery } from '../../parts/url.ts';

/** Whose usage is shown, and of which month. */
export interface UsageQuery {
  period?: string | undefined;
  cursor?: string | undefined;
}

/** The usage of a customer's deployments in a month; of the running one with its forecast. */
export async function loadUsage(ask: Ask, tenant_id: string, { period, cursor }: UsageQuery, today: string) {
  const days = await ask(usageDaysRoute, { query: { tenant_id, period, cursor, limit: '5' } });
  const isRunning = days.period.slice(0, 7) === today.slice(0, 7);
  const forecast = isRunning ? (await ask(usageForecastRoute, { query: { tenant_id } })).data : null;
  return { days, forecast, today };
}

/** Usage by day against the allowance, by deployment. */
export function Usage({ days, forecast, today }: Awaited<ReturnType<typeof loadUsage>>) {
  const { url, currency } = useView();
  const { next_cursor } = days;
  return (
    <>
      <PeriodNav period={days.period} />
      {days.data.length === 0 && <Empty title="This customer has no deployment." />}
      {days.data.map((month) => (
        <Section
          title={month.display_name}
          tools={<a href={`/console/deployments/${month.deployment_id}`}>Deployment</a>}
        >
          <DeploymentUsage
            month={month}
            forecast={forecast?.deployments.find(({ deployment_id: id }) => id === month.deployment_id)}
            period={days.period}
            daysInMonth={days.days_in_month}
            today={today}
            currency={currency}
          />
        </Section>
      ))}
      {next_cursor !== null && (
        <p>
          <a rel="next" href={withQuery(url, { cursor: next_cursor })}>
            More deployments
          </a>
        </p>
      )}
    </>
  );
}
