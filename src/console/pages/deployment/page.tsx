import { z } from 'zod';
import { deploymentStream } from '../../../../commands/deployments/deployment.ts';
import { listChargesRoute } from '../../../http/routes/charges.ts';
import { deploymentRoute } from '../../../http/routes/deployments.ts';
import { usageDaysRoute } from '../../../http/routes/usage-days.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { definePage, type Ask } from '../../page.ts';
import { AsOf, asOfParameters, isPast, momentsAsked } from '../../parts/as-of.tsx';
import { DeploymentState } from '../../parts/deployment-state.tsx';
import { EventsLink } from '../../parts/events-link.tsx';
import { PeriodNav, Tabs } from '../../parts/filters.tsx';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { DeploymentUsage } from '../../parts/usage-month.tsx';
import { Id } from '../../parts/values.tsx';
import { useView } from '../../view-context.ts';
import { customerHref } from '../customers.tsx';
import { Moves, Settings } from './actions.tsx';
import { ChargesTab, EventsTab, ResourcesTab } from './lists.tsx';
import { loadOverview, Overview, type Deployment } from './overview.tsx';
import { loadPlan, PlanTab } from './plan.tsx';
import { usageRecordsHref } from './usage-records.tsx';

const query = z.strictObject({
  tab: z.enum(['plan', 'usage', 'charges', 'resources', 'events']).optional(),
  ...asOfParameters,
  period: z.string().optional(),
  plan_code: z.string().optional(),
  version: z.string().optional(),
  effective_on: z.string().optional(),
  cursor: z.string().optional(),
  sort: z.string().optional(),
  usage_sort: z.string().optional(),
});

/** Asks for what a tab shows, and shows it: each tab by its own routes alone. */
async function contentOf(ask: Ask, deployment: Deployment, asked: z.output<typeof query>, today: string) {
  const { id } = deployment;
  const past = isPast(asked);
  switch (asked.tab) {
    case 'plan': {
      const forecast = (await ask(usageForecastRoute, { query: { deployment_id: id } })).data;
      const plan = await loadPlan(ask, deployment, forecast, asked, today);
      return () => <PlanTab deployment={deployment} asked={asked} {...plan} />;
    }
    case 'usage': {
      const usage = await loadUsage(ask, id, asked.period, today);
      return () => <UsageTab {...usage} />;
    }
    case 'charges': {
      const charges = await ask(listChargesRoute, { params: { id }, query: { cursor: asked.cursor } });
      return () => <ChargesTab id={id} charges={charges} />;
    }
    case 'resources':
      return () => <ResourcesTab deployment={deployment} past={past} />;
    case 'events':
      return () => <EventsTab events={deployment.events} />;
    case undefined: {
      const overview = await loadOverview(ask, deployment);
      return () => (
        <>
          <Overview deployment={deployment} past={past} {...overview} />
          {!past && <Moves deployment={deployment} forecast={overview.forecast} />}
          {!past && <Settings deployment={deployment} />}
        </>
      );
    }
  }
}

async function loadUsage(ask: Ask, deployment_id: string, period: string | undefined, today: string) {
  const days = await ask(usageDaysRoute, { query: { deployment_id, period } });
  const isRunning = days.period.slice(0, 7) === today.slice(0, 7);
  const forecast = isRunning ? (await ask(usageForecastRoute, { query: { deployment_id } })).data : null;
  return { days, forecast, today };
}

function UsageTab({ days, forecast, today }: Awaited<ReturnType<typeof loadUsage>>) {
  const { currency } = useView();
  return (
    <Section title="Usage" tools={<PeriodNav period={days.period} />}>
      {days.data.map((month) => (
        <>
          <DeploymentUsage
            month={month}
            forecast={forecast?.deployments[0]}
            period={days.period}
            daysInMonth={days.days_in_month}
            today={today}
            currency={currency}
          />
          <p>
            <a href={usageRecordsHref(month.deployment_id, days.period)}>
              Its records, one by one; report usage or take a report back
            </a>
          </p>
        </>
      ))}
    </Section>
  );
}

/** One deployment: what it is and was, what it costs, and all that may be done to it. */
export const deploymentPage = definePage({
  path: '/console/deployments/:id',
  access: 'admin',
  within: '/console/deployments',
  query,
  async load({ ask, params, query: asked, today }) {
    const id = params['id'] ?? '';
    const deployment = (await ask(deploymentRoute, { params: { id }, query: momentsAsked(asked) })).data;
    return { deployment, Content: await contentOf(ask, deployment, asked, today) };
  },
  title: ({ deployment }) => deployment.display_name,
  view: ({ deployment, Content }) => (
    <>
      <PageHead
        title={deployment.display_name}
        lead={
          <>
            Of <a href={customerHref(deployment.tenant_id)}>{deployment.tenant_id}</a>,{' '}
            <Id id={deployment.id} />
          </>
        }
        crumbs={[{ label: 'Deployments', href: '/console/deployments' }]}
        chips={<DeploymentState state={deployment.state} />}
      >
        <EventsLink stream={deploymentStream(deployment.id)} />
        <AsOf />
      </PageHead>
      <Tabs
        label="Parts of the deployment"
        name="tab"
        tabs={[
          { value: '', label: 'Overview' },
          { value: 'plan', label: 'Plan and addons' },
          { value: 'usage', label: 'Usage' },
          { value: 'charges', label: 'One-off charges' },
          { value: 'resources', label: 'Resources' },
          { value: 'events', label: 'Events' },
        ]}
      />
      <Content />
    </>
  ),
});
