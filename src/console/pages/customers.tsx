import { z } from 'zod';
import { listTenantsRoute } from '../../http/routes/tenants.ts';
import { setCustomer, importCustomers } from '../actions/customers.ts';
import { definePage } from '../page.ts';
import { Filters } from '../parts/filters.tsx';
import { ActionForm } from '../parts/form.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { pathTo } from '../parts/url.ts';
import { Absent, Chip, Money } from '../parts/values.tsx';
import { NewCustomer } from '../parts/new-customer.tsx';
import { plainWords } from '../parts/words.ts';

type Tenant = z.output<typeof listTenantsRoute.response>['data'][number];

export const customerHref = (tenant_id: string): string =>
  pathTo('/console/customers/:id', { id: tenant_id });

/** What is past its last day to pay. */
const overdueOf = ({ account }: Tenant): number =>
  account.days_1_30_cents + account.days_31_60_cents + account.days_61_90_cents + account.over_90_cents;

const columns: readonly Column<Tenant>[] = [
  { key: 'tenant', label: 'Tenant', sort: ({ tenant_id }) => tenant_id, cell: ({ tenant_id }) => tenant_id },
  {
    key: 'name',
    label: 'Name',
    wraps: true,
    sort: ({ legal_name }) => legal_name,
    cell: ({ has_profile, erased_at, trading_name, legal_name }) => {
      if (!has_profile) return <Chip tone="warn">no profile</Chip>;
      return erased_at === null ? (trading_name ?? legal_name) : <Chip>erased</Chip>;
    },
  },
  {
    key: 'deployments',
    label: 'Deployments',
    wraps: true,
    cell: ({ deployments }) => {
      const states = Object.entries(deployments).map(([state, count]) => `${count} ${plainWords(state)}`);
      return states.length === 0 ? <Absent /> : states.join(', ');
    },
  },
  {
    key: 'open',
    label: 'Open',
    align: 'end',
    sort: ({ account }) => account.total_cents,
    cell: ({ account }) => <Money cents={account.total_cents} />,
  },
  {
    key: 'overdue',
    label: 'Overdue',
    align: 'end',
    sort: overdueOf,
    cell: (tenant) =>
      overdueOf(tenant) > 0 ? (
        <strong class="late">
          <Money cents={overdueOf(tenant)} />
        </strong>
      ) : (
        <Money cents={0} />
      ),
  },
  {
    key: 'balance',
    label: 'Balance',
    align: 'end',
    sort: ({ account }) => account.balance_cents,
    cell: ({ account }) => <Money cents={account.balance_cents} />,
  },
];

/** Every tenant, with what it owes. */
export const customersPage = definePage({
  path: '/console/customers',
  access: 'admin',
  nav: { group: 'Customers', label: 'Customers' },
  query: z.strictObject({
    search: z.string().optional(),
    has_profile: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
  }),
  load: async ({ ask, query: { search, has_profile, cursor } }) => ({
    list: await ask(listTenantsRoute, { query: { search, has_profile, cursor } }),
  }),
  title: () => 'Customers',
  view: ({ list }, { query: { search, has_profile } }) => (
    <>
      <PageHead title="Customers" lead="Every tenant that the ledger knows, and what it owes today.">
        <a class="button button-main" href="/console/customers/new">
          New customer
        </a>
        <a class="button" href="/console/customers/import">
          Import
        </a>
      </PageHead>
      <Filters
        filters={[
          { name: 'search', label: 'Id or name', kind: 'text' },
          {
            name: 'has_profile',
            label: 'Profile',
            kind: 'select',
            options: [
              { value: '', label: 'All' },
              { value: 'true', label: 'With a profile' },
              { value: 'false', label: 'Without one' },
            ],
          },
        ]}
      />
      <DataTable
        caption={`Customers, ${list.currency}, on ${list.as_of}`}
        columns={columns}
        rows={list.data}
        rowKey={({ tenant_id }) => tenant_id}
        href={({ tenant_id }) => customerHref(tenant_id)}
        nextCursor={list.next_cursor}
        empty={
          <Empty
            title={
              search === undefined
                ? `There is no customer${has_profile === 'false' ? ' without a profile' : ''}.`
                : `No customer has “${search}” in its id or name.`
            }
          >
            {search === undefined && has_profile === undefined && <p>Set one up, or import a file.</p>}
          </Empty>
        }
      />
    </>
  ),
});

/** Sets up a customer: first its tenant id, then its profile. */
export const newCustomerPage = definePage({
  path: '/console/customers/new',
  access: 'admin',
  within: '/console/customers',
  query: z.strictObject({ tenant_id: z.string().optional() }),
  load: () => Promise.resolve(null),
  title: () => 'New customer',
  view: (_none, { query: { tenant_id } }) => (
    <>
      <PageHead
        title="New customer"
        lead="The tenant id is that of the customer's tokens. It never changes."
        crumbs={[{ label: 'Customers', href: '/console/customers' }]}
      />
      <NewCustomer tenantId={tenant_id} />
      {tenant_id !== undefined && (
        <Section title={`Profile of ${tenant_id}`}>
          <ActionForm action={setCustomer} params={{ tenant_id }} values={{ net_days: 14 }}>
            <p>
              Invoices are made out to it from the day on which it is in force. Personal fields are encrypted
              before they are stored.
            </p>
          </ActionForm>
        </Section>
      )}
    </>
  ),
});

/** Takes in the customers of a running business. */
export const importPage = definePage({
  path: '/console/customers/import',
  access: 'admin',
  within: '/console/customers',
  load: () => Promise.resolve(null),
  title: () => 'Import customers',
  view: () => (
    <>
      <PageHead
        title="Import customers"
        lead="Profiles, deployments, subscriptions with a past start, agreed prices and opening balances."
        crumbs={[{ label: 'Customers', href: '/console/customers' }]}
      />
      <Section title="File">
        <ActionForm action={importCustomers}>
          <p>
            Everything is checked first: a file with any error writes nothing, and its errors are listed by
            row. The same file again adds nothing. Nothing before the day after its opening balance is
            invoiced.
          </p>
        </ActionForm>
      </Section>
      <Section title="Columns">
        <p>
          A row is a customer with at most one deployment; further rows of the same tenant id add deployments.
          The header names the columns, in any order:
        </p>
        <ul>
          <li>
            of the customer: <code>tenant_id</code>, <code>legal_name</code>, <code>trading_name</code>,{' '}
            <code>tax_id</code>, <code>address_lines</code> (separated by <code>|</code>), <code>city</code>,{' '}
            <code>region</code>, <code>postcode</code>, <code>country</code>, <code>billing_emails</code>{' '}
            (separated by <code>;</code>), <code>contact</code>, <code>net_days</code>, <code>po_number</code>
            , <code>locale</code>, <code>opening_balance_cents</code>, <code>opening_balance_on</code>,{' '}
            <code>opening_balance_currency</code>
          </li>
          <li>
            of a deployment: <code>deployment_slug</code>, <code>deployment_name</code>,{' '}
            <code>deployment_region</code>, <code>deployment_state</code>, <code>plan_code</code>,{' '}
            <code>plan_version</code>, <code>starts_on</code>, <code>billed_from</code>, <code>addons</code> (
            <code>code:packs:price_cents</code>)
          </li>
        </ul>
      </Section>
    </>
  ),
});
