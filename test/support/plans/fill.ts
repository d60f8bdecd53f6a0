import type { Sql } from '../../../src/database/db.ts';
import { projections } from '../../../projections/index.ts';

/** Tables that do not grow with the journal, by their name, and why. */
export const bounded: Readonly<Record<string, string>> = {
  plans: 'the catalog, by hand',
  plan_versions: 'the catalog, by hand',
  addons: 'the catalog, by hand',
  templates: 'the catalog, by hand',
  resource_prices: 'the catalog, by hand',
  fx_rates: 'a row a day and pair at most',
  tax_rates: 'rates set by hand',
  metering_config: 'a row a billing kind',
  sizes: "the provider's price list",
  cost_sharing: 'rules set by hand',
  sellers: 'one company, set by hand',
  provider_invoices: 'a few rows a month',
  cost_alerts: 'a row a day at most',
  last_sweeps: 'a row a kind of resource',
  rolled_up_months: 'a row a month',
  metered_days: 'a row a day',
  lifecycle_days: 'a row a day',
  numbers_due: 'a queue: empty but behind an issue',
  documents_due: 'a queue: empty but behind an issue',
};

/**
 * Tables with a row a customer, a deployment, a resource or a rule of theirs. They grow with the business,
 * not with the time that it goes on: an admin's figure over all of it may read them whole, a tenant's request
 * may not.
 */
export const ofBusiness: ReadonlySet<string> = new Set([
  'deployments',
  'subscriptions',
  'subscription_facts',
  'llm_modes',
  'wanted_specs',
  'deployment_names',
  'customers',
  'erased_keys',
  'personal_keys',
  'accounts',
  'resources',
  'resource_owners',
  'resource_ties',
  'projects',
  'specs',
  'drift',
  'drift_reverts',
  'cost_line_links',
]);

/** Durable tables that grow: with the journal, or with time. */
const durable = [
  'journal',
  'journal_hashes',
  'job_runs',
  'background_runs',
  'what_if_results',
  'documents',
  'personal_keys',
];

/** Rows of tables that the sample leaves empty: the other columns get a plain value of their type. */
const firstRows: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  drift_reverts: { status: 'completed' },
  wanted_specs: { kind: 'droplet' },
  unmetered: { resource_kind: 'droplet_hours' },
  ar_documents: { kind: 'invoice', action: 'created', differences: [] },
};

/** The least rows of a table that grows. */
const LEAST = 1_000;
const LEAST_EVENTS = 12_000;
/** Copies lie in as many months before the month of what they copy. */
const MONTHS = 120;

/** Columns that may be sealed. */
const sealed = new Set([
  'legal_name',
  'trading_name',
  'tax_id',
  'address',
  'emails',
  'contact',
  'po_number',
  'reference',
  'recipients',
  'details',
]);

interface Column {
  name: string;
  type: string;
}

/** What names a thing: each copy has names of its own, the same in all tables. */
const isName = ({ name, type }: Column): boolean =>
  type === 'text' &&
  (/(^|_)(id|uuid|sha256)$/.test(name) ||
    ['slug', 'number', 'stream', 'link_key', 'line_key', 'lines_hash', 'matches_hash', 'rule_of'].includes(
      name,
    ));

/** The value of a column in a copy: `t` is the row, `g` the number of the copy. */
function copied(table: string, column: Column, head: number): string {
  const { name, type } = column;
  const own = `t."${name}"`;
  // A key is wrapped under its own name: that of a copy could not be opened, and counts as destroyed.
  if (name === 'wrapped_key') return 'null';
  if (name === 'destroyed_at') return 'now()';
  // Sealed texts open under no key: they read as erased.
  if (sealed.has(name)) return `regexp_replace(${own}, '^(sealed:1:[^:]*)', '\\1~' || g)`;
  if (isName(column)) return `${own} || '~' || g`;
  if (type === 'uuid') return `md5(${own}::text || g)::uuid`;
  if (/(^|_)position$/.test(name) && type === 'bigint') return `${own} + g * ${head}`;
  // The journal goes on in its order.
  if (table === 'public.journal' && name === 'recorded_at') return `${own} + make_interval(days => 90 * g)`;
  if (type === 'date') return `(${own} - make_interval(months => 1 + g % ${MONTHS}))::date`;
  if (type.startsWith('timestamp')) return `${own} - make_interval(months => 1 + g % ${MONTHS})`;
  return own;
}

function plainRow(columns: readonly Column[], given: Readonly<Record<string, unknown>>) {
  const plain = (type: string): unknown => {
    if (type === 'bigint' || type === 'numeric') return 1;
    if (type === 'boolean') return false;
    if (type === 'date') return '2026-04-02';
    if (type.startsWith('timestamp')) return '2026-04-02T00:00:00Z';
    return type.startsWith('json') ? {} : 'x-1';
  };
  return Object.fromEntries(columns.map(({ name, type }) => [name, given[name] ?? plain(type)]));
}

/** Every table that grows, as schema.table, and how many rows it has. */
export type Filled = ReadonlyMap<string, number>;

/**
 * Copies what a ledger holds until every table that grows is large: each copy has tenants, deployments,
 * events and so on of its own, in an earlier month. The read models count as up to date with the journal.
 */
export async function fill(sql: Sql): Promise<Filled> {
  const tables = [
    ...projections.flatMap(({ tables: all }) =>
      all.filter(({ name }) => bounded[name] === undefined).map(({ ref }) => ref),
    ),
    ...durable.map((name) => `public.${name}`),
  ];
  const filled = new Map<string, number>();
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    const [{ head } = { head: 0 }] = await tx<{ head: number }[]>`select max(position) as head from journal`;
    for (const table of tables) {
      const columns = await tx<Column[]>`
        select attname as name, format_type(atttypid, null) as type from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attidentity = ''`;
      const [{ count } = { count: 0 }] = await tx<{ count: number }[]>`select count(*) from ${tx(table)}`;
      const first = firstRows[table.split('.')[1] ?? ''];
      if (count === 0) await tx`insert into ${tx(table)} ${tx(plainRow(columns, first ?? {}))}`;
      const copies = Math.ceil((table === 'public.journal' ? LEAST_EVENTS : LEAST) / Math.max(count, 1));
      const names = columns.map(({ name }) => `"${name}"`).join(', ');
      await tx.unsafe(`insert into ${table} (${names})
        select ${columns.map((column) => copied(table, column, head)).join(', ')}
        from ${table} t cross join generate_series(1, ${copies}) g
        order by g on conflict do nothing`);
      filled.set(table, (await tx`select from ${tx(table)}`).count);
    }
    await tx`update projection_checkpoints set position = (select max(position) from journal)`;
  });
  await sql`vacuum analyze`;
  return filled;
}
