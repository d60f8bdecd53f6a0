import { z } from 'zod';
import { addonsRoute, plansRoute } from '../../http/routes/catalog.ts';
import { addonStream, templateStream } from '../../http/routes/catalog-streams.ts';
import { listMeteringConfigRoute } from '../../http/routes/metering-config.ts';
import { planVersionsRoute } from '../../http/routes/plan-holders.ts';
import { pricesRoute } from '../../http/routes/resource-prices.ts';
import { listTemplatesRoute } from '../../http/routes/templates.ts';
import {
  configureMetering,
  createPlan,
  defineAddon,
  defineTemplate,
  setResourcePrice,
} from '../actions/catalog.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { EventsLink } from '../parts/events-link.tsx';
import { Tabs } from '../parts/filters.tsx';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure, Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Absent, Chip, Day, Money, Quantity } from '../parts/values.tsx';
import type { ConsoleAction } from '../action.ts';
import { useView } from '../view-context.ts';
import { kindHeading } from '../parts/words.ts';

type Plan = AnswerOf<typeof plansRoute>['data'][number];
type Version = AnswerOf<typeof planVersionsRoute>['data'][number];
type Addon = AnswerOf<typeof addonsRoute>['data'][number];
type Template = AnswerOf<typeof listTemplatesRoute>['data'][number];
type Price = AnswerOf<typeof pricesRoute>['data'][number];
type Metering = AnswerOf<typeof listMeteringConfigRoute>['data'][number];

const all = { limit: '500' };

/** What is on sale: plans with their versions, addons, templates, prices, and how usage is metered. */
export const catalogPage = definePage({
  path: '/console/catalog',
  access: 'admin',
  nav: { group: 'Catalog', label: 'Catalog' },
  query: z.strictObject({
    part: z.enum(['', 'addons', 'templates', 'prices', 'metering']).optional(),
    sort: z.string().optional(),
  }),
  async load({ ask, query: { part } }) {
    switch (part) {
      case 'addons':
        return { part, rows: (await ask(addonsRoute, { query: all })).data };
      case 'templates':
        return {
          part,
          rows: (await ask(listTemplatesRoute, { query: all })).data,
          plans: (await ask(plansRoute, { query: all })).data,
        };
      case 'prices':
        return { part, rows: (await ask(pricesRoute, { query: all })).data };
      case 'metering':
        return { part, rows: (await ask(listMeteringConfigRoute, { query: all })).data };
      default:
        return {
          part: 'plans' as const,
          plans: (await ask(plansRoute, { query: all })).data,
          versions: (await ask(planVersionsRoute, { query: all })).data,
        };
    }
  },
  title: () => 'Catalog',
  view: (data) => (
    <>
      <PageHead
        title="Catalog"
        lead="What is on sale, and at which terms. Changed terms hold for what is sold from then on: who holds something keeps its terms."
      >
        <a class="button" href="/console/what-if">
          What if prices were others?
        </a>
      </PageHead>
      <Tabs
        label="Parts of the catalog"
        name="part"
        tabs={[
          { value: '', label: 'Plans' },
          { value: 'addons', label: 'Addons' },
          { value: 'templates', label: 'Templates' },
          { value: 'prices', label: 'Resource prices' },
          { value: 'metering', label: 'Metering' },
        ]}
      />
      {data.part === 'plans' && <Plans plans={data.plans} versions={data.versions} />}
      {data.part === 'addons' && <Addons rows={data.rows} />}
      {data.part === 'templates' && <Templates rows={data.rows} plans={data.plans} />}
      {data.part === 'prices' && <Prices rows={data.rows} />}
      {data.part === 'metering' && <MeteringConfig rows={data.rows} />}
    </>
  ),
});

/** A form that is closed until it is needed, or until what was typed has to be mended. */
function NewOne({
  action,
  options = {},
  children,
}: {
  action: ConsoleAction;
  options?: Parameters<typeof ActionForm>[0]['options'];
  children: string;
}) {
  const { session } = useView();
  const draft = useDraftOf(action);
  if (session?.readOnly !== false) return null;
  return (
    <Section title={action.title}>
      <Disclosure summary={action.title} open={draft !== null}>
        <ActionForm action={action} options={options ?? {}}>
          <p>{children}</p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}

/** A billing kind in words, with the code that forms take. */
function KindOf({ kind }: { kind: string }) {
  return (
    <>
      {kindHeading(kind)} <code class="muted">{kind}</code>
    </>
  );
}

interface PlanRow extends Plan {
  versions: readonly Version[];
}

const sum = (rows: readonly Version[], of: (row: Version) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);
const grandfathered = ({ versions, active_version }: PlanRow): number =>
  sum(
    versions.filter(({ version }) => version !== active_version),
    ({ subscriptions }) => subscriptions,
  );

function Plans({ plans, versions }: { plans: readonly Plan[]; versions: readonly Version[] }) {
  const { currency } = useView();
  const rows = plans.map((plan) => ({
    ...plan,
    versions: versions.filter(({ plan_code }) => plan_code === plan.code),
  }));
  return (
    <>
      <DataTable
        caption={`Plans, ${currency}`}
        captioned
        columns={planColumns}
        rows={rows}
        rowKey={({ code }) => code}
        href={({ code }) => `/console/catalog/plans/${encodeURIComponent(code)}`}
        totals={{
          subscriptions: sum(versions, ({ subscriptions }) => subscriptions),
          monthly: <Money cents={sum(versions, ({ monthly_base_cents }) => monthly_base_cents)} />,
          grandfathered: rows.reduce((total, row) => total + grandfathered(row), 0),
        }}
        empty={<Empty title="There is no plan yet.">Create one, draft its terms, and publish them.</Empty>}
      />
      <NewOne action={createPlan}>Its terms come with its versions.</NewOne>
    </>
  );
}

const planColumns: readonly Column<PlanRow>[] = [
  { key: 'name', label: 'Plan', sort: ({ name }) => name, cell: ({ name }) => name },
  {
    key: 'versions',
    label: 'Versions',
    cell: ({ versions, active_version }) => (
      <>
        {active_version === null ? (
          <Chip tone="warn">not on sale</Chip>
        ) : (
          <Chip tone="good">{`version ${active_version} on sale`}</Chip>
        )}{' '}
        {versions
          .filter(({ status }) => status === 'draft')
          .map(({ version }) => (
            <Chip>{`draft ${version}`}</Chip>
          ))}
      </>
    ),
  },
  {
    key: 'base',
    label: 'Base a month',
    align: 'end',
    sort: ({ base_price_cents }) => base_price_cents,
    cell: ({ base_price_cents }) => <Money cents={base_price_cents} />,
  },
  {
    key: 'subscriptions',
    minor: true,
    label: 'Subscriptions',
    align: 'end',
    sort: ({ versions }) => sum(versions, ({ subscriptions }) => subscriptions),
    cell: ({ versions }) => sum(versions, ({ subscriptions }) => subscriptions),
  },
  {
    key: 'grandfathered',
    label: 'On other versions',
    align: 'end',
    sort: grandfathered,
    cell: grandfathered,
  },
  {
    key: 'monthly',
    label: 'Base prices billed a month',
    align: 'end',
    sort: ({ versions }) => sum(versions, ({ monthly_base_cents }) => monthly_base_cents),
    cell: ({ versions }) => <Money cents={sum(versions, ({ monthly_base_cents }) => monthly_base_cents)} />,
  },
];

function Addons({ rows }: { rows: readonly Addon[] }) {
  const { currency } = useView();
  return (
    <>
      <DataTable
        caption={`Addons on sale, ${currency}`}
        captioned
        columns={addonColumns}
        rows={rows}
        rowKey={({ code }) => code}
        empty={<Empty title="There is no addon yet." />}
      />
      <NewOne action={defineAddon}>
        An addon of that code gets these terms for new attachments. Those that are attached keep the price
        they were attached at.
      </NewOne>
    </>
  );
}

const addonColumns: readonly Column<Addon>[] = [
  { key: 'name', label: 'Addon', sort: ({ name }) => name, cell: ({ name }) => name },
  { key: 'code', minor: true, label: 'Code', cell: ({ code }) => <code>{code}</code> },
  { key: 'adds', minor: true, label: 'Adds to', cell: ({ resource_kind }) => kindHeading(resource_kind) },
  { key: 'qty', label: 'A pack adds', align: 'end', cell: ({ qty }) => <Quantity value={qty} /> },
  {
    key: 'price',
    label: 'A month',
    align: 'end',
    sort: ({ price_cents }) => price_cents,
    cell: ({ price_cents }) => <Money cents={price_cents} />,
  },
  { key: 'events', label: 'History', cell: ({ code }) => <EventsLink stream={addonStream(code)} /> },
];

const templateColumns: readonly Column<Template>[] = [
  { key: 'code', label: 'Template', sort: ({ code }) => code, cell: ({ code }) => code },
  { key: 'version', label: 'Newest version', cell: ({ version }) => version },
  {
    key: 'plan',
    label: 'Plan',
    cell: ({ plan_code }) => <a href={`/console/catalog/plans/${plan_code}`}>{plan_code}</a>,
  },
  {
    key: 'addons',
    minor: true,
    label: 'Addons',
    wraps: true,
    cell: ({ addons }) => (addons.length === 0 ? <Absent /> : addons.join(', ')),
  },
  { key: 'llm', minor: true, label: 'LLM mode', cell: ({ llm_mode }) => llm_mode },
  {
    key: 'specs',
    label: 'Wants',
    wraps: true,
    cell: ({ specs }) =>
      specs.length === 0 ? (
        <Absent />
      ) : (
        specs.map(({ kind, count, size_slug, region }) => (
          <div>{[`${count} × ${kind}`, size_slug, region].filter((part) => part !== null).join(', ')}</div>
        ))
      ),
  },
  { key: 'events', label: 'History', cell: ({ code }) => <EventsLink stream={templateStream(code)} /> },
];

function Templates({ rows, plans }: { rows: readonly Template[]; plans: readonly Plan[] }) {
  return (
    <>
      <DataTable
        caption="Templates in their newest version"
        captioned
        columns={templateColumns}
        rows={rows}
        rowKey={({ code }) => code}
        empty={
          <Empty title="There is no template yet.">
            One says which plan, addons and resources a new deployment gets.
          </Empty>
        }
      />
      <NewOne
        action={defineTemplate}
        options={{ plan_code: plans.map(({ code, name }) => ({ value: code, label: name })) }}
      >
        New deployments can name it. Those of earlier versions keep what they were created with.
      </NewOne>
    </>
  );
}

const priceColumns: readonly Column<Price>[] = [
  {
    key: 'kind',
    label: 'Billing kind',
    sort: ({ resource_kind }) => resource_kind,
    cell: ({ resource_kind }) => <KindOf kind={resource_kind} />,
  },
  {
    key: 'price',
    label: 'Price',
    align: 'end',
    sort: ({ price_cents }) => price_cents,
    cell: ({ price_cents }) => <Money cents={price_cents} />,
  },
  { key: 'unit', label: 'A unit is', cell: ({ unit }) => unit },
  {
    key: 'from',
    label: 'From',
    sort: ({ effective_from }) => effective_from,
    cell: ({ effective_from }) => <Day day={effective_from} />,
  },
];

function Prices({ rows }: { rows: readonly Price[] }) {
  const { currency } = useView();
  return (
    <>
      <DataTable
        caption={`Prices of kinds that a plan does not cover, ${currency}`}
        captioned
        columns={priceColumns}
        rows={rows}
        rowKey={(price) => JSON.stringify(price)}
        empty={
          <Empty title="No price is set.">
            Usage of a kind that the plan does not cover is listed as unpriced, and is not billed.
          </Empty>
        }
      />
      <NewOne action={setResourcePrice}>
        Bills every unit of the kind that no plan covers, from that day on. Of two prices for one day the
        later one holds.
      </NewOne>
    </>
  );
}

const meteringColumns: readonly Column<Metering>[] = [
  {
    key: 'kind',
    label: 'Billing kind',
    cell: ({ resource_kind }) => <KindOf kind={resource_kind} />,
  },
  { key: 'granularity', label: 'One record for each', cell: ({ granularity }) => granularity },
  {
    key: 'retention',
    label: 'Days to keep',
    align: 'end',
    cell: ({ retention_days }) =>
      retention_days === null ? <span class="muted">for ever</span> : retention_days,
  },
  { key: 'change', label: 'Change', cell: (config) => <ChangeMetering config={config} /> },
];

function ChangeMetering({ config }: { config: Metering }) {
  const { session } = useView();
  const params = { resource_kind: config.resource_kind };
  const draft = useDraftOf(configureMetering, params);
  if (session?.readOnly !== false) return <Absent />;
  return (
    <Disclosure summary="Change…" open={draft !== null}>
      <ActionForm action={configureMetering} params={params} values={config}>
        <p>Metered days keep their records until they are metered again.</p>
      </ActionForm>
    </Disclosure>
  );
}

function MeteringConfig({ rows }: { rows: readonly Metering[] }) {
  return (
    <DataTable
      caption="How each billing kind is metered"
      captioned
      columns={meteringColumns}
      rows={rows}
      rowKey={({ resource_kind }) => resource_kind}
      empty="Nothing is metered."
    />
  );
}
