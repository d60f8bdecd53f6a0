import type { z } from 'zod';
import type { deploymentRoute } from '../../../http/routes/deployments.ts';
import { planRoute } from '../../../http/routes/catalog.ts';
import { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { orNull } from '../../ask-or-null.ts';
import type { Ask } from '../../page.ts';
import { DeploymentState } from '../../parts/deployment-state.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Columns, Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import {
  Absent,
  Day,
  Facts,
  Figure,
  Figures,
  Instant,
  Money,
  monthName,
  Quantity,
} from '../../parts/values.tsx';
import { kindHeading } from '../../parts/words.ts';

export type Deployment = z.output<typeof deploymentRoute.response>['data'];
export type Subscription = NonNullable<Deployment['subscription']>;
export type Forecast = z.output<typeof usageForecastRoute.response>['data'];
type Terms = z.output<typeof planRoute.response>['data']['versions'][number];

/** The terms that a subscription holds, and what the running month comes to. */
export async function loadOverview(ask: Ask, { id, subscription }: Deployment) {
  const [plan, forecast] = await Promise.all([
    subscription === null ? null : orNull(ask(planRoute, { params: { code: subscription.plan_code } })),
    ask(usageForecastRoute, { query: { deployment_id: id } }),
  ]);
  const terms = plan?.data.versions.find(({ version }) => version === subscription?.plan_version) ?? null;
  return { terms, forecast: forecast.data };
}

/** What a deployment is, what it is subscribed to, and what its month comes to. */
export function Overview({
  deployment,
  terms,
  forecast,
  past,
}: { deployment: Deployment; past: boolean } & Awaited<ReturnType<typeof loadOverview>>) {
  return (
    <>
      {!past && <MonthSoFar forecast={forecast} />}
      <Columns>
        <Section title="Deployment">
          <DeploymentFacts deployment={deployment} />
        </Section>
        <Section title="Subscription">
          {deployment.subscription === null ? (
            <Empty title="It has no subscription.">
              <p>
                <a href="?tab=plan">Subscribe it to a plan</a>
              </p>
            </Empty>
          ) : (
            <SubscriptionFacts subscription={deployment.subscription} terms={terms} />
          )}
        </Section>
      </Columns>
      {terms !== null && <TermsTable terms={terms} />}
      {deployment.subscription !== null && <AddonTable addons={deployment.subscription.addons} />}
    </>
  );
}

function MonthSoFar({ forecast }: { forecast: Forecast }) {
  const [one] = forecast.deployments;
  if (one === undefined) return null;
  return (
    <Figures>
      <Figure name={`${monthName(forecast.period)} so far`} note="before tax">
        <Money cents={one.total_cents} currency={forecast.currency} />
      </Figure>
      <Figure name="Recurring">
        <Money cents={one.recurring_cents} />
      </Figure>
      <Figure name="Overage" href="?tab=usage">
        <Money cents={one.overage_cents} />
      </Figure>
      <Figure name="LLM and one-off">
        <Money cents={one.llm_cents} /> + <Money cents={one.charges_cents} />
      </Figure>
      <Figure name="At this pace" note="if usage goes on">
        <Money cents={one.forecast.so_far_cents} />
      </Figure>
    </Figures>
  );
}

function DeploymentFacts({ deployment }: { deployment: Deployment }) {
  const { state_rule, trial_ends_at, template_code, template_version } = deployment;
  return (
    <Facts
      items={[
        ['State', <DeploymentState state={deployment.state} />],
        ['Since', <Day day={deployment.state_since} />],
        ['Moved by', state_rule === null ? 'a person' : `the rule ${state_rule}`],
        ['Slug', <code>{deployment.slug}</code>],
        ['Region', deployment.region ?? <Absent />],
        ['LLM mode', deployment.llm_mode],
        ['Trial ends', <Instant at={trial_ends_at} />],
        ['Automatic billing actions', deployment.billing_action_suspended ? 'leave it alone' : 'apply'],
        ['Template', template_code === null ? <Absent /> : `${template_code}, ${template_version ?? ''}`],
        ['Created', <Instant at={deployment.created_at} />],
      ]}
    />
  );
}

function SubscriptionFacts({ subscription, terms }: { subscription: Subscription; terms: Terms | null }) {
  return (
    <Facts
      items={[
        [
          'Plan',
          <a href={`/console/catalog/plans/${encodeURIComponent(subscription.plan_code)}`}>
            {subscription.plan_code}, version {subscription.plan_version}
          </a>,
        ],
        ['Status', <DeploymentState state={subscription.status} />],
        ['In force from', <Day day={subscription.starts_on} />],
        [
          'A month',
          terms === null ? <Absent /> : <Money cents={terms.base_price_cents} currency={terms.currency} />,
        ],
        ['Trial ends', <Instant at={subscription.trial_ends_at} />],
      ]}
    />
  );
}

const unitNames: Readonly<Record<string, string>> = { gb: 'GB', '1k_tokens': '1,000 tokens' };

const termColumns: readonly Column<Terms['items'][number]>[] = [
  { key: 'kind', label: 'Kind', cell: ({ resource_kind }) => kindHeading(resource_kind) },
  {
    key: 'included',
    label: 'Included',
    align: 'end',
    cell: (item) => <Quantity value={item.included_qty} />,
  },
  {
    key: 'price',
    label: 'Above it',
    align: 'end',
    cell: (item) => <Money cents={item.overage_price_cents} />,
  },
  { key: 'unit', label: 'A unit of', cell: ({ overage_unit }) => unitNames[overage_unit] ?? overage_unit },
  { key: 'cap', label: 'At most', align: 'end', cell: (item) => <Quantity value={item.hard_cap_qty} /> },
];

function TermsTable({ terms }: { terms: Terms }) {
  return (
    <Section title="Terms of the plan">
      <DataTable
        caption={`Terms of version ${terms.version}, ${terms.currency}`}
        columns={termColumns}
        rows={terms.items}
        rowKey={({ resource_kind }) => resource_kind}
        empty={<Empty title="The plan includes nothing beside its base price." />}
        name="terms"
      />
    </Section>
  );
}

const addonColumns: readonly Column<Subscription['addons'][number]>[] = [
  { key: 'code', label: 'Addon', cell: ({ code }) => code },
  { key: 'kind', label: 'Kind', cell: ({ resource_kind }) => kindHeading(resource_kind) },
  { key: 'packs', label: 'Packs', align: 'end', cell: ({ packs }) => <Quantity value={packs} /> },
  { key: 'qty', label: 'Each adds', align: 'end', cell: ({ qty }) => <Quantity value={qty} /> },
  { key: 'price', label: 'Price a pack', align: 'end', cell: (one) => <Money cents={one.price_cents} /> },
  { key: 'since', label: 'Since', cell: ({ attached_on }) => <Day day={attached_on} /> },
];

/** Addons at the prices that they were attached at. */
export function AddonTable({ addons }: { addons: Subscription['addons'] }) {
  if (addons.length === 0) return null;
  return (
    <Section title="Addons">
      <DataTable
        caption="Addons, at the prices that they were attached at"
        columns={addonColumns}
        rows={addons}
        rowKey={({ attachment_id }) => attachment_id}
        empty="It has no addon."
        name="addons"
      />
    </Section>
  );
}
