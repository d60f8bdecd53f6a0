import { randomUUID } from 'node:crypto';
import { openPersonalData } from '../../src/personal/open-personal-data.ts';
import type { RollUpDeps } from '../../src/processes/roll-up.ts';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { daysFrom, lastDay } from '../../src/pricing/calendar.ts';
import { openLedger, type OpenLedger } from '../../src/open-ledger.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { rebuildProjections } from '../../src/read-models/rebuild/rebuild.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { projections } from '../../projections/index.ts';
import { invoices } from '../../projections/invoicing/invoices.ts';
import { usageDays, usageRecords } from '../../projections/usage/tables.ts';
import { copyJournal, journalHead, type JournalRow } from './copy.ts';
import { setCheckpoints, type BenchContext } from './context.ts';
import { jobMetadata } from './metered-usage.ts';
import { adminMeta } from './service.ts';
import { testMasterKey } from '../support/ledger/test-master-key.ts';
import { testParts } from '../support/ledger/test-parts.ts';

/** How many subscriptions, each of its own deployment. */
export const SUBSCRIPTIONS = 10_000;
/** The month that is metered, and when the ledger is asked about it. */
export const PERIOD = '2026-04-01';
const NOW = '2026-05-02T03:00:00.000Z';
export const tax = { name: 'GST', rate: '0.10' };

const plans = ['starter', 'studio', 'pro'];

/** Fills a ledger with the subscriptions of so many tenants, and their usage of the whole month. */
export const prepareMonth = (context: BenchContext, tenants: number): Promise<void> =>
  prepareUsage(context, tenants, daysFrom(PERIOD, lastDay(PERIOD)));

/** The ledger with its runner, as `npm start` opens it. */
export function openMonthLedger({ target }: BenchContext, now = NOW): Promise<OpenLedger> {
  return openLedger({ ...testParts(target), clock: fixedClock(now) });
}

/** What the month is rolled up with. */
export function rollUpDeps({ ledger, sql }: OpenLedger): RollUpDeps {
  const personal = openPersonalData({ sql, masterKey: testMasterKey, now: () => NOW });
  return { ledger, personal, retentionYears: 5, tax, logger: silentLogger };
}

/** Fills a ledger with the subscriptions of so many tenants, and their usage of these days. */
export async function prepareUsage(
  context: BenchContext,
  tenants: number,
  days: readonly string[],
): Promise<void> {
  const { sql, openPool } = context;
  const open = await openMonthLedger(context);
  await seedCatalog(open.ledger, adminMeta);
  await open.close();
  const head = await copyJournal(sql, await journalHead(sql), events(tenants, days));
  await setCheckpoints(sql, head);
  await sql`vacuum analyze journal`;
  await rebuildProjections(projections, { openPool, logger: silentLogger });
  await completeChain(sql);
}

const row = (stream: string, revision: number, type: string, data: unknown): JournalRow => ({
  stream,
  revision,
  id: randomUUID(),
  type,
  data: JSON.stringify(data),
  metadata: jobMetadata,
  recordedAt: '2026-04-02T01:10:00.000Z',
});

function* events(tenants: number, days: readonly string[]): Generator<JournalRow> {
  for (let n = 0; n < SUBSCRIPTIONS; n++) yield* deploymentEvents(owner(n, tenants), n);
  for (const day of days) {
    for (let n = 0; n < SUBSCRIPTIONS; n++) yield usageEvent(owner(n, tenants), n, day);
  }
}

interface Owner {
  deployment_id: string;
  tenant_id: string;
}

/** Ids of the `n`th deployment and its tenant; deployments go to the tenants in turn. */
function owner(n: number, tenants: number): Owner {
  return { deployment_id: idFrom('deployment', 'bench', n), tenant_id: tenantName(n % tenants) };
}

/** The id of the `n`th tenant, from 0. */
export const tenantName = (n: number): string => `tenant-${String(n).padStart(5, '0')}`;

function* deploymentEvents(one: Owner, n: number): Generator<JournalRow> {
  const stream = `deployment-${one.deployment_id}`;
  const subscription_id = idFrom('subscription', 'bench', n);
  yield row(stream, 0, 'DeploymentCreated', {
    ...one,
    slug: `site-${n}`,
    display_name: `Site ${n}`,
    region: 'syd1',
    state: 'active',
    llm_mode: 'managed',
    template_code: null,
    template_version: null,
    trial_ends_at: null,
    effective_on: '2026-03-01',
  });
  yield row(stream, 1, 'SubscriptionStarted', {
    ...one,
    subscription_id,
    plan_code: plans[n % plans.length],
    plan_version: 1,
    starts_on: '2026-03-01',
    trial_ends_at: null,
  });
  if (n % 3 > 0) return;
  yield row(stream, 2, 'AddonAttached', {
    ...one,
    subscription_id,
    attachment_id: idFrom('attachment', 'bench', n),
    code: 'storage_50gb',
    resource_kind: 'spaces_gb_month',
    packs: 1,
    qty: '50',
    price_cents: 750,
    effective_on: '2026-03-01',
  });
}

/** A day of one droplet and one bucket, of so many GB that some are beyond what the plan includes. */
function usageEvent(one: Owner, n: number, day: string): JournalRow {
  const observation = (resource_kind: string, qty: string) => ({
    resource_id: idFrom('resource', resource_kind, n),
    resource_kind,
    granularity: 'day',
    hour: null,
    qty,
  });
  return row(`metering-${idFrom('metering', one.deployment_id, day)}`, 0, 'UsageMetered', {
    ...one,
    day,
    set_no: 1,
    set_hash: 'bench',
    part: 1,
    parts: 1,
    observations: [observation('droplet_hours', '24'), observation('spaces_gb_month', `${n % 20}.125`)],
  });
}

/** The last position of the prepared journal: later events are of a figure. */
export async function preparedHead(sql: BenchContext['sql']): Promise<number> {
  const [row] = await sql<
    { head: number }[]
  >`select coalesce(max(position), 0) as head from journal where type = 'UsageMetered'`;
  return row?.head ?? 0;
}

/** Restores the ledger to the state before any invoice. No other process may have it open. */
export async function forgetInvoices(sql: BenchContext['sql']): Promise<void> {
  const head = await preparedHead(sql);
  await sql`delete from journal where position > ${head}`;
  await sql`delete from journal_hashes where position > ${head}`;
  await sql.unsafe(`truncate ${invoices.tables.map(({ ref }) => ref).join(', ')}`);
  await setCheckpoints(sql, head);
  await sql`vacuum analyze journal`;
}

/** The month's usage summed up by deployment and kind: what a roll-up reads, as one statement. */
export async function sumUsage(sql: BenchContext['sql'], tenantId?: string): Promise<void> {
  const rows = await sql`
    select r.deployment_id, r.resource_kind, sum(r.qty)
    from ${sql(usageDays.ref)} d
      join ${sql(usageRecords.ref)} r on r.deployment_id = d.deployment_id and r.day = d.day
      and r.set_no = d.set_no
    where d.day between '2026-04-01' and '2026-04-30'
      ${tenantId === undefined ? sql`` : sql`and d.tenant_id = ${tenantId}`}
    group by r.deployment_id, r.resource_kind`;
  if (rows.length === 0) throw new Error('there is no usage to sum up');
}
