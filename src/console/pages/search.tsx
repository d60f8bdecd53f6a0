import { z } from 'zod';
import { listInventoryRoute } from '../../http/routes/inventory.ts';
import { searchRoute } from '../../http/routes/search.ts';
import { definePage, type Ask, type PageAccess } from '../page.ts';
import { Empty } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Id, Money } from '../parts/values.tsx';
import { pageOfFound } from '../streams.ts';

type Found = z.output<typeof searchRoute.response>['data'];
type Hit = Found['results'][number];

const titles: Readonly<Record<Hit['kind'], string>> = {
  customer: 'Customers',
  deployment: 'Deployments',
  invoice: 'Invoices',
  credit_note: 'Credit notes',
  debit_note: 'Debit notes',
  payment: 'Payments',
  resource: 'Resources',
  plan: 'Plans',
  provider_invoice: "The provider's invoices",
  cost_line: "Lines of the provider's invoices",
};

/** How many of a kind are shown. */
const most = '25';

/** The deployments of a tenant's resources, which have no page of their own there, by the resources' ids. */
type Homes = ReadonlyMap<string, string>;
const noHomes: Homes = new Map();

async function homesOf(ask: Ask, { results }: Found, q: string): Promise<Homes> {
  if (!results.some(({ kind }) => kind === 'resource')) return noHomes;
  const { data } = await ask(listInventoryRoute, { query: { q, limit: '500' } });
  return new Map(
    data.flatMap(({ id, deployment_id }) => (deployment_id === null ? [] : [[id, deployment_id]])),
  );
}

const searchPageAt = (path: string, access: PageAccess) =>
  definePage({
    path,
    access,
    query: z.strictObject({ q: z.string().optional(), sort: z.string().optional() }),
    async load({ ask, query: { q = '' } }) {
      if (q.trim() === '') return null;
      const found = (await ask(searchRoute, { query: { q, limit: most } })).data;
      return { found, homes: access === 'admin' ? noHomes : await homesOf(ask, found, q) };
    },
    title: () => 'Search',
    view: (found, { query: { q = '' } }) => (
      <>
        <PageHead
          title={q.trim() === '' ? 'Search' : `Search: ${q.trim()}`}
          lead="By id, name, number or amount. A part of a name or number is enough."
        />
        <SearchForm path={path} q={q} />
        {found !== null && <Results {...found} q={q.trim()} isAdmin={access === 'admin'} />}
      </>
    ),
  });

/** Finds objects of all kinds for the operator. */
export const searchPage = searchPageAt('/console/search', 'admin');

/** Finds a tenant's own objects. */
export const accountSearchPage = searchPageAt('/console/account/search', 'account');

function SearchForm({ path, q }: { path: string; q: string }) {
  return (
    <form class="filters" method="get" action={path} role="search" aria-label="Search again">
      <label class="filter">
        <span>Id, name, number or amount</span>
        <input type="search" name="q" value={q} />
      </label>
      <button class="button" type="submit">
        Search
      </button>
    </form>
  );
}

const columns: readonly Column<Hit>[] = [
  { key: 'title', label: 'Name', wraps: true, cell: ({ title }) => title },
  {
    key: 'detail',
    label: 'What it is',
    wraps: true,
    cell: ({ detail }) => <span class="muted">{detail}</span>,
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents, currency }) => <Money cents={amount_cents} currency={currency ?? undefined} />,
  },
  { key: 'id', label: 'Id', minor: true, cell: ({ id }) => <Id id={id} /> },
];

function Results({
  found: { results, more },
  homes,
  q,
  isAdmin,
}: {
  found: Found;
  homes: Homes;
  q: string;
  isAdmin: boolean;
}) {
  const pageOf = (hit: Hit): string | undefined => {
    const home = homes.get(hit.id);
    if (hit.kind === 'resource' && home !== undefined)
      return `/console/account/deployments/${encodeURIComponent(home)}#resources`;
    return pageOfFound(hit, isAdmin) ?? undefined;
  };
  const kinds = [...new Set(results.map(({ kind }) => kind))];
  if (kinds.length === 0)
    return (
      <Empty title={`Nothing has “${q}” in its id, name, number or amount.`}>
        Amounts are found as they stand, such as 78.23; payments by their whole reference.
      </Empty>
    );
  return (
    <>
      {kinds.map((kind) => {
        const hits = results.filter((hit) => hit.kind === kind);
        return (
          <Section
            title={titles[kind]}
            note={more.includes(kind) ? `The first ${hits.length}: a longer text finds fewer.` : undefined}
          >
            <DataTable
              caption={`${titles[kind]} that have ${q}`}
              columns={columns}
              rows={hits}
              rowKey={({ id }) => `${kind}-${id}`}
              href={pageOf}
              empty="None."
            />
          </Section>
        );
      })}
    </>
  );
}
