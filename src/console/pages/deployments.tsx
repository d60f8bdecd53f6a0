import { z } from 'zod';
import { listDeploymentsRoute } from '../../http/routes/deployments.ts';
import { listTemplatesRoute } from '../../http/routes/templates.ts';
import { createDeployment } from '../actions/deployments.ts';
import { definePage } from '../page.ts';
import { DeploymentState } from '../parts/deployment-state.tsx';
import { Filters, Tabs } from '../parts/filters.tsx';
import { ActionForm } from '../parts/form.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Absent, Day, Id } from '../parts/values.tsx';
import { customerHref } from './customers.tsx';
import { plainWords } from '../parts/words.ts';

type Deployment = z.output<typeof listDeploymentsRoute.response>['data'][number];

const states = ['trial', 'active', 'past_due', 'paused', 'suspended', 'cancelled', 'archived'];

const columns: readonly Column<Deployment>[] = [
  {
    key: 'name',
    label: 'Deployment',
    wraps: true,
    sort: ({ display_name }) => display_name,
    cell: ({ display_name }) => display_name,
  },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => <a href={customerHref(tenant_id)}>{tenant_id}</a>,
  },
  {
    key: 'state',
    label: 'State',
    sort: ({ state }) => state,
    cell: ({ state }) => <DeploymentState state={state} />,
  },
  {
    key: 'since',
    minor: true,
    label: 'Since',
    sort: ({ state_since }) => state_since,
    cell: ({ state_since }) => <Day day={state_since} />,
  },
  {
    key: 'plan',
    label: 'Plan',
    sort: ({ plan_code }) => plan_code,
    cell: ({ plan_code, plan_version }) =>
      plan_code === null ? <Absent /> : `${plan_code}, version ${plan_version ?? ''}`,
  },
  { key: 'region', minor: 'tablet', label: 'Region', cell: ({ region }) => region ?? <Absent /> },
  { key: 'id', minor: true, label: 'Id', cell: ({ id }) => <Id id={id} /> },
];

/** Deployments by state, tenant and plan. */
export const deploymentsPage = definePage({
  path: '/console/deployments',
  access: 'admin',
  nav: { group: 'Customers', label: 'Deployments' },
  query: z.strictObject({
    state: z.string().optional(),
    tenant_id: z.string().optional(),
    plan_code: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
  }),
  load: async ({ ask, query: { sort: _sort, ...asked } }) => ({
    list: await ask(listDeploymentsRoute, { query: { ...asked, limit: '200' } }),
  }),
  title: () => 'Deployments',
  view: ({ list }, { query: { state, tenant_id, plan_code } }) => (
    <>
      <PageHead title="Deployments" lead="What is billed: each with its state, its plan and its tenant.">
        <a class="button button-main" href="/console/deployments/new">
          New deployment
        </a>
      </PageHead>
      <Tabs
        label="By state"
        name="state"
        tabs={[{ value: '', label: 'All' }, ...states.map((value) => ({ value, label: plainWords(value) }))]}
      />
      <Filters
        keep={['state']}
        filters={[
          { name: 'tenant_id', label: 'Tenant id', kind: 'text' },
          { name: 'plan_code', label: 'Plan', kind: 'text' },
        ]}
      />
      <DataTable
        caption="Deployments"
        columns={columns}
        rows={list.data}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/deployments/${id}`}
        nextCursor={list.next_cursor}
        empty={
          <Empty
            title={`There is no deployment${state === undefined ? '' : ` that is ${plainWords(state)}`}${
              tenant_id === undefined ? '' : ` of ${tenant_id}`
            }${plan_code === undefined ? '' : ` on ${plan_code}`}.`}
          />
        }
      />
    </>
  ),
});

/** Creates a deployment for a tenant. */
export const newDeploymentPage = definePage({
  path: '/console/deployments/new',
  access: 'admin',
  within: '/console/deployments',
  query: z.strictObject({ tenant_id: z.string().optional() }),
  load: async ({ ask }) => (await ask(listTemplatesRoute, { query: { limit: '200' } })).data,
  title: () => 'New deployment',
  view: (templates, { query: { tenant_id } }) => (
    <>
      <PageHead
        title="New deployment"
        crumbs={[{ label: 'Deployments', href: '/console/deployments' }]}
        lead="It is billed once it has a subscription; a template brings one."
      />
      <Section title="Deployment">
        <ActionForm
          action={createDeployment}
          values={{ tenant_id, state: 'active' }}
          options={{
            template_code: [
              { value: '', label: 'none' },
              ...[...new Set(templates.map(({ code }) => code))].map((code) => ({
                value: code,
                label: code,
              })),
            ],
          }}
        >
          <p>With a template it is subscribed from today to the template's plan with its addons.</p>
        </ActionForm>
      </Section>
    </>
  ),
});
