import { z } from 'zod';
import { addonsRoute } from '../../../http/routes/catalog.ts';
import { deploymentRoute } from '../../../http/routes/deployments.ts';
import { quoteRoute } from '../../../http/routes/quote.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { usageDaysRoute } from '../../../http/routes/usage-days.ts';
import { definePage, type Ask } from '../../page.ts';
import { AsOf, asOfParameters, isPast, momentsAsked, PastNotice } from '../../parts/as-of.tsx';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Absent, Day, Facts, Id, Instant } from '../../parts/values.tsx';
import { plainWords } from '../../parts/words.ts';
import { DeploymentState } from './deployments.tsx';
import { WhatMayBeDone } from './deployment-actions.tsx';
import { PlanAndAddons } from './deployment-plan.tsx';
import type { OwnDeployment, Prices } from './own-deployment.ts';
import { plansOnOffer, quoteAll, usageOf } from './quote.tsx';
import { UsageOfDeployment } from './usage.tsx';

type Held = OwnDeployment['resources'][number];
type Event = OwnDeployment['events'][number];

const most = { limit: '500' };

/** One deployment: what it is, what it costs, and what its tenant may do with it. */
export const accountDeploymentPage = definePage({
  path: '/console/account/deployments/:id',
  access: 'account',
  within: '/console/account/deployments',
  query: z.strictObject({
    sort: z.string().optional(),
    events_sort: z.string().optional(),
    ...asOfParameters,
  }),
  async load({ ask, params, query, today }) {
    const id = params['id'] ?? '';
    const deployment = (await ask(deploymentRoute, { params: { id }, query: momentsAsked(query) })).data;
    if (isPast(query)) return { deployment, now: null };
    const usage = await ask(usageDaysRoute, { query: { deployment_id: id } });
    const forecast = (await ask(usageForecastRoute, { query: { deployment_id: id } })).data;
    const own = forecast.deployments.find(({ deployment_id }) => deployment_id === id);
    const prices = await pricesOf(ask, deployment, own === undefined ? {} : usageOf(own.kinds), today);
    return { deployment, now: { usage, forecast: own, currency: forecast.currency, prices } };
  },
  title: ({ deployment }) => deployment.display_name,
  view: ({ deployment, now }, { today }) => (
    <>
      <PageHead
        title={deployment.display_name}
        crumbs={[{ label: 'Deployments', href: '/console/account/deployments' }]}
        chips={<DeploymentState {...deployment} />}
      >
        <AsOf />
      </PageHead>
      {now === null && <PastNotice now={`/console/account/deployments/${deployment.id}`} />}
      <Facts
        items={[
          ['Short name', deployment.slug],
          ['Id', <Id id={deployment.id} />],
          ['Region', deployment.region ?? <Absent />],
          ['In this state since', <Day day={deployment.state_since} />],
          ['Language models', llmText(deployment.llm_mode)],
          ...(deployment.trial_ends_at === null
            ? []
            : [['Trial ends', <Instant at={deployment.trial_ends_at} />] as const]),
        ]}
      />
      {now === null ? (
        <PastPlan deployment={deployment} />
      ) : (
        <>
          <PlanAndAddons deployment={deployment} {...now} />
          <WhatMayBeDone deployment={deployment} prices={now.prices} currency={now.currency} />
          {now.usage.data.map((one) => (
            <UsageOfDeployment
              deployment={one}
              period={now.usage.period}
              today={today}
              forecast={now.forecast}
              inPage
            />
          ))}
        </>
      )}
      <Section title="Resources" id="resources">
        <DataTable
          caption="Resources of this deployment"
          columns={resourceColumns}
          rows={deployment.resources}
          rowKey={({ id }) => id}
          empty="No server, disk or zone belongs to it."
        />
      </Section>
      <Section title="History">
        <DataTable
          caption="What happened, latest first"
          name="events"
          columns={eventColumns}
          rows={[...deployment.events].reverse()}
          rowKey={({ id }) => id}
          empty="Nothing has happened yet."
        />
      </Section>
    </>
  ),
});

/** The plan that a deployment was on. */
function PastPlan({ deployment: { subscription } }: { deployment: OwnDeployment }) {
  return (
    <Section title="Plan">
      {subscription === null ? (
        <p>It had no plan then.</p>
      ) : (
        <Facts
          items={[
            ['Plan', `${subscription.plan_code}, version ${subscription.plan_version}`],
            ['Since', <Day day={subscription.starts_on} />],
            ['Addons', subscription.addons.map(({ code }) => code).join(', ') || <Absent />],
          ]}
        />
      )}
    </Section>
  );
}

const resourceColumns: readonly Column<Held>[] = [
  { key: 'name', label: 'Name', wraps: true, sort: ({ name }) => name, cell: ({ name }) => name },
  { key: 'kind', label: 'Kind', sort: ({ kind }) => kind, cell: ({ kind }) => plainWords(kind) },
  { key: 'size', label: 'Size', cell: ({ size_slug }) => size_slug ?? <Absent /> },
  { key: 'region', label: 'Region', minor: true, cell: ({ region }) => region ?? <Absent /> },
  { key: 'status', label: 'Status', cell: ({ status }) => plainWords(status) },
  { key: 'from', label: 'From', minor: true, cell: ({ effective_from }) => <Day day={effective_from} /> },
];

const eventColumns: readonly Column<Event>[] = [
  { key: 'at', label: 'When, UTC', cell: ({ recorded_at }) => <Instant at={recorded_at} /> },
  { key: 'what', label: 'What', wraps: true, cell: ({ type }) => eventText(type) },
  {
    key: 'from',
    label: 'Counts from',
    minor: true,
    cell: ({ effective_at, recorded_at }) => <Day day={effective_at ?? recorded_at} />,
  },
  { key: 'who', label: 'By', cell: ({ actor }) => actor },
];

/** `SubscriptionStarted` is Subscription started. */
function eventText(type: string): string {
  const words = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

function llmText(mode: string): string {
  if (mode === 'allowance') return 'tokens count against the allowance';
  return 'charged as the gateway prices them';
}

/** Quotes from today, for what the page says before a change. */
async function pricesOf(
  ask: Ask,
  { id, subscription }: OwnDeployment,
  usage: Record<string, string>,
  today: string,
): Promise<Prices> {
  const plans = await plansOnOffer(ask);
  const addons = (await ask(addonsRoute, { query: most })).data;
  const quotes = await quoteAll(ask, plans, { addons: [], usage, startsOn: today, deploymentId: id });
  const own = quotes.find(
    ({ plan }) => plan.code === subscription?.plan_code && plan.active_version === subscription.plan_version,
  );
  const each = { addons: addons.map(({ code }) => code), projected_usage: {}, starts_on: today };
  const [any] = plans;
  const withAddons =
    any === undefined || addons.length === 0
      ? null
      : (await ask(quoteRoute, { body: { plan_code: any.code, ...each } })).data;
  return { plans, addons, quotes, held: own?.quote ?? null, withAddons };
}
