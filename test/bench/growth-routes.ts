import type { Sql } from '../../src/database/db.ts';
import { deployments } from '../../projections/deployments/tables.ts';
import { tenantInvoices } from '../../projections/invoicing/tables.ts';
import { meteredDayStream } from '../../commands/usage/metered-day.ts';
import { createApi, ok } from '../support/http/api.ts';
import { dayAt, known, SMALLEST_DAYS } from './growth-days.ts';

/** What paths are made of: things from all of a ledger's life, so that nothing is asked for by one name. */
interface Sample {
  invoices: readonly string[];
  deployments: readonly string[];
  tenants: readonly string[];
  /** Days of the ledger, and those of them with an event of the rare type. */
  days: readonly number[];
  lastDay: number;
  /** A position deep in the journal, in the midst of a day: as many days before the last at each size. */
  deep: number;
  /** The mark of the last day: all behind it, such as invoices, comes in no order that each size shares. */
  last: number;
  /** A cursor in the middle of a list, by its path. */
  cursors: Readonly<Record<string, string>>;
}

const each =
  (kind: 'invoices' | 'deployments' | 'tenants', path: (id: string) => string) =>
  (sample: Sample): string[] =>
    sample[kind].map(path);

const deepOf =
  (path: string) =>
  ({ cursors }: Sample): string[] => [`${path}&cursor=${cursors[path]}`];

const list = (path: string) => (): string[] => [path];

/** Lists whose middle page is measured beside the first. */
const lists = { invoices: 'invoices?limit=50', deployments: 'deployments?limit=50' };

const recordedAbout = (day: number) => `recorded_from=${dayAt(day)}&recorded_to=${dayAt(day + 1)}`;

/** Filters of the events. What is of one day is of the last: a search from the beginning finds it last. */
const filters: Readonly<Record<string, (sample: Sample) => string[]>> = {
  all: list('limit=50'),
  newest: ({ last }) => [`order=newest&before=${last}`],
  stream: ({ days }) => days.map((day) => `stream=${known.stream(day)}`),
  type: list(`type=${known.type}`),
  rare_type: list(`type=${known.rareType}`),
  actor: list(`actor=${known.actor}`),
  rare_actor: list(`actor=${known.rareActor}`),
  correlation: ({ lastDay }) => [`correlation_id=${known.correlation(lastDay - 1)}`],
  rare_correlation: ({ lastDay }) => [`correlation_id=${known.rareCorrelation(lastDay - 1)}`],
  recorded: ({ lastDay }) => [recordedAbout(lastDay - 1)],
  recorded_and_type: ({ lastDay }) => [`${recordedAbout(lastDay - 1)}&type=${known.rareType}`],
};

/** The events of a filter: the first page, and one deep in the journal. */
const eventRoutes = Object.entries(filters).flatMap(([name, queries]) => {
  const deeper = (query: string, { deep, last }: Sample) =>
    query.startsWith('order=newest') ? query.replace(String(last), String(deep)) : `${query}&after=${deep}`;
  return [
    [`growth_events_${name}`, (sample: Sample) => queries(sample).map((query) => `events?${query}`)],
    [
      `growth_events_${name}_deep`,
      (sample: Sample) => queries(sample).map((query) => `events?${deeper(query, sample)}`),
    ],
  ] as const;
});

/** The requests that are measured, by figure. */
export const growthRoutes: Readonly<Record<string, (sample: Sample) => string[]>> = {
  growth_get_invoice: each('invoices', (id) => `invoices/${id}`),
  growth_get_deployment: each('deployments', (id) => `deployments/${id}`),
  growth_explain: each('invoices', (id) => `invoices/${id}/explain`),
  growth_invoices: list(lists.invoices),
  growth_invoices_deep: deepOf(lists.invoices),
  growth_invoices_tenant: each('tenants', (id) => `invoices?tenant_id=${id}`),
  growth_deployments: list(lists.deployments),
  growth_deployments_deep: deepOf(lists.deployments),
  growth_deployments_tenant: each('tenants', (id) => `deployments?tenant_id=${id}`),
  growth_usage_deployment: each('deployments', (id) => `usage?deployment_id=${id}`),
  ...Object.fromEntries(eventRoutes),
};

const SPREAD = 32;
/** So many days are behind a deep page. */
const DEEP_DAYS = 40;

/** So many of them, in equal distances. */
const spread = <Item>(items: readonly Item[]): Item[] =>
  items.filter((_item, n) => n % Math.max(1, Math.floor(items.length / SPREAD)) === 0).slice(0, SPREAD);

const idsIn = async (sql: Sql, ref: string) =>
  (await sql<{ id: string }[]>`select id from ${sql(ref)} order by id`).map(({ id }) => id);

/** The paths of each figure on a filled ledger that a service answers for. */
export async function pathsOn(
  { sql, url }: { sql: Sql; url: string },
  days: number,
): Promise<Record<string, string[]>> {
  const tenants = await sql<{ id: string }[]>`
    select distinct tenant_id as id from ${sql(tenantInvoices.ref)} order by id`;
  const markOf = async (day: number) => {
    const [mark] = await sql<{ position: number }[]>`
      select position from journal where stream = ${meteredDayStream(dayAt(day))}`;
    return mark?.position ?? 0;
  };
  const sample: Sample = {
    invoices: spread(await idsIn(sql, tenantInvoices.ref)),
    deployments: spread(await idsIn(sql, deployments.ref)),
    tenants: spread(tenants.map(({ id }) => id)),
    days: spread(Array.from({ length: days - SMALLEST_DAYS / 10 }, (_none, day) => day)),
    lastDay: days - 1,
    deep: await markOf(days - DEEP_DAYS),
    last: await markOf(days - 1),
    cursors: {
      [lists.invoices]: await middleOf(url, lists.invoices),
      [lists.deployments]: await middleOf(url, lists.deployments),
    },
  };
  return Object.fromEntries(
    Object.entries(growthRoutes).map(([name, paths]) => [
      name,
      paths(sample).map((path) => `/api/v1/${path}`),
    ]),
  );
}

/** The cursor to the page in the middle of a list. */
async function middleOf(url: string, path: string): Promise<string> {
  const api = createApi(url);
  const cursors: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const more: string = next === '' ? '' : `&cursor=${next}`;
    const { next_cursor } = await ok(api.get(`${path.replace('limit=50', 'limit=100')}${more}`));
    next = next_cursor as string | null;
    if (next !== null) cursors.push(next);
  }
  const middle = cursors[Math.floor(cursors.length / 2)];
  if (middle === undefined) throw new Error(`${path} has one page`);
  return middle;
}
