import { z } from 'zod';
import { planRoute } from '../../http/routes/catalog.ts';
import { planStream } from '../../http/routes/catalog-streams.ts';
import { planHoldersRoute, planVersionsRoute } from '../../http/routes/plan-holders.ts';
import { draftVersion, publishVersion } from '../actions/catalog.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { RecordedBy } from '../parts/as-of.tsx';
import { EventsLink } from '../parts/events-link.tsx';
import { Filters } from '../parts/filters.tsx';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure, Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Chip, Day, Figure, Figures, Money } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { VersionsSideBySide, type HeldVersion, type PlanAnswer } from './plan-versions.tsx';
import { counted } from '../../runtime/counted.ts';

type Holders = AnswerOf<typeof planHoldersRoute>;
type Holder = Holders['data'][number];

/** One plan: its versions side by side, who holds which, and the way from a draft to the sale. */
export const planPage = definePage({
  path: '/console/catalog/plans/:code',
  access: 'admin',
  within: '/console/catalog',
  query: z.strictObject({
    version: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  async load({ ask, params, query: { version, cursor } }) {
    const [plan, versions, holders] = await Promise.all([
      ask(planRoute, { params }),
      ask(planVersionsRoute, { query: { plan_code: params['code'], limit: '500' } }),
      ask(planHoldersRoute, { params, query: { version, cursor } }),
    ]);
    return { plan: plan.data, versions: versions.data, holders };
  },
  title: ({ plan }) => `Plan ${plan.name}`,
  view: ({ plan, versions, holders }) => (
    <>
      <PageHead
        title={plan.name}
        crumbs={[{ label: 'Catalog', href: '/console/catalog' }]}
        chips={
          plan.active_version === null ? (
            <Chip tone="warn">not on sale</Chip>
          ) : (
            <Chip tone="good">{`version ${plan.active_version} on sale`}</Chip>
          )
        }
      >
        <a class="button" href={`/console/what-if?plan=${plan.code}`}>
          What if it had other terms?
        </a>
        <EventsLink stream={planStream(plan.code)} />
        <RecordedBy stream={planStream(plan.code)} />
      </PageHead>
      <PlanFigures plan={plan} versions={versions} />
      <Drafts plan={plan} versions={versions} />
      <Section title="Versions" note="What differs from the version before is marked, with what it was.">
        <VersionsSideBySide plan={plan} held={versions} />
      </Section>
      <HolderList plan={plan} holders={holders} />
      <DraftForm plan={plan} />
    </>
  ),
});

const add = (rows: readonly HeldVersion[], of: (row: HeldVersion) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

function PlanFigures({ plan, versions }: { plan: PlanAnswer; versions: readonly HeldVersion[] }) {
  const { currency } = useView();
  const others = versions.filter(({ version }) => version !== plan.active_version);
  return (
    <Figures>
      <Figure name="Subscriptions" note={`${add(versions, ({ billed }) => billed)} billed today`}>
        {add(versions, ({ subscriptions }) => subscriptions)}
      </Figure>
      <Figure name="Base prices billed a month" note="before tax, addons and overage aside">
        <Money cents={add(versions, ({ monthly_base_cents }) => monthly_base_cents)} currency={currency} />
      </Figure>
      <Figure
        name="Grandfathered"
        note={
          <>
            <Money cents={add(others, ({ monthly_base_cents }) => monthly_base_cents)} /> a month
          </>
        }
      >
        {add(others, ({ subscriptions }) => subscriptions)}
      </Figure>
    </Figures>
  );
}

/** Each draft with what its publication will do. */
function Drafts({ plan, versions }: { plan: PlanAnswer; versions: readonly HeldVersion[] }) {
  const drafts = plan.versions.filter(({ status }) => status === 'draft');
  return (
    <>
      {drafts.map((draft) => (
        <Section title={`Version ${draft.version} is a draft`}>
          <p class="after-head">
            No subscription holds it.{' '}
            <a href={`/console/what-if?plan=${plan.code}&terms_of_version=${draft.version}`}>
              What would it do to those who hold the plan?
            </a>
          </p>
          <PublishForm
            plan={plan}
            draft={draft}
            active={versions.find(({ version }) => version === plan.active_version)}
          />
        </Section>
      ))}
    </>
  );
}

function PublishForm({
  plan,
  draft,
  active,
}: {
  plan: PlanAnswer;
  draft: PlanAnswer['versions'][number];
  active: HeldVersion | undefined;
}) {
  const { session } = useView();
  const params = { code: plan.code, n: String(draft.version) };
  const refused = useDraftOf(publishVersion, params);
  if (session?.readOnly !== false) return null;
  return (
    <Disclosure summary={`Publish version ${draft.version}…`} tone="danger" open={refused !== null}>
      <ActionForm action={publishVersion} params={params} submit={`Publish version ${draft.version}`}>
        <ul class="plain-list">
          <li>
            From now on a new subscription gets version {draft.version}, at{' '}
            <Money cents={draft.base_price_cents} currency={draft.currency} /> a month.
          </li>
          {active === undefined ? (
            <li>The plan comes on sale with it.</li>
          ) : (
            <>
              <li>
                Version {active.version} is retired: it can not be subscribed to any more, but by an admin.
              </li>
              <li>
                Its {counted(active.subscriptions, 'subscription')} of {counted(active.tenants, 'tenant')}{' '}
                stay on it, at <Money cents={active.base_price_cents} /> a month each, until each is moved:{' '}
                <Money cents={active.monthly_base_cents} /> a month as today.
              </li>
            </>
          )}
          <li>It can not be taken back: another version would have to be published.</li>
        </ul>
      </ActionForm>
    </Disclosure>
  );
}

const holderColumns: readonly Column<Holder>[] = [
  {
    key: 'deployment',
    label: 'Deployment',
    sort: ({ slug }) => slug,
    cell: ({ display_name }) => display_name,
  },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>,
  },
  {
    key: 'version',
    label: 'Version',
    sort: ({ plan_version }) => plan_version,
    cell: ({ plan_version, grandfathered }) => (
      <>
        {plan_version} {grandfathered && <Chip tone="info">grandfathered</Chip>}
      </>
    ),
  },
  {
    key: 'since',
    minor: true,
    label: 'Subscribed from',
    sort: ({ starts_on }) => starts_on,
    cell: ({ starts_on }) => <Day day={starts_on} />,
  },
  {
    key: 'billed',
    minor: true,
    label: 'Today',
    cell: ({ billed, state, subscription_status }) =>
      billed ? (
        <Chip tone="good">billed</Chip>
      ) : (
        <Chip>
          {subscription_status === 'paused' || state === 'active' ? 'not billed' : `not billed: ${state}`}
        </Chip>
      ),
  },
  {
    key: 'base',
    label: 'Base a month',
    align: 'end',
    sort: ({ base_price_cents }) => base_price_cents,
    cell: ({ base_price_cents }) => <Money cents={base_price_cents} />,
  },
];

function HolderList({ plan, holders }: { plan: PlanAnswer; holders: Holders }) {
  const { currency } = useView();
  return (
    <Section
      title="Who holds it"
      id="holders"
      note="A subscription keeps the version that it has until it is moved. Grandfathered ones hold another than the one on sale."
    >
      {plan.versions.length > 1 && (
        <Filters
          filters={[
            {
              name: 'version',
              label: 'Version',
              kind: 'select',
              options: [
                { value: '', label: 'All' },
                ...plan.versions.map(({ version }) => ({ value: String(version), label: String(version) })),
              ],
            },
          ]}
        />
      )}
      <DataTable
        caption={`Subscriptions to ${plan.name}, ${currency}`}
        columns={holderColumns}
        rows={holders.data}
        rowKey={({ deployment_id }) => deployment_id}
        href={({ deployment_id }) => `/console/deployments/${deployment_id}`}
        nextCursor={holders.next_cursor}
        empty={<Empty title="No subscription holds this." />}
      />
    </Section>
  );
}

/** The next version's form, filled with the latest one's terms. */
function DraftForm({ plan }: { plan: PlanAnswer }) {
  const { session } = useView();
  const params = { code: plan.code };
  const refused = useDraftOf(draftVersion, params);
  const latest = plan.versions.at(-1);
  if (session?.readOnly !== false) return null;
  return (
    <Section title="Next version" id="draft">
      <Disclosure
        summary={latest === undefined ? 'Draft the first version' : `Draft version ${latest.version + 1}`}
        open={refused !== null || latest === undefined}
      >
        <ActionForm action={draftVersion} params={params} values={latest ?? {}}>
          <p>A draft changes nothing: it can be tried as a what-if before it is published.</p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}
