import type { Db } from '../../src/database/db.ts';
import type { Observation } from '../../src/events/usage.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { setsHeldAt } from './billing-queries.ts';
import { llmUsage, usageRecords } from './tables.ts';
import { countsAt } from './voided.ts';

/** Which usage an issue was billed from. */
export interface BilledUsageScope {
  tenantId: string;
  /** First day of the month. */
  period: string;
  /** Only what was recorded up to this journal position. */
  atPosition: number;
}

/** The quantity of one line: a billing kind's usage, or (null) the gateway's charges. */
export interface BilledUsage {
  deployment_id: string;
  resource_kind: string | null;
}

/** How many records are behind a line's quantity, and their exact sum. */
export interface UsageTotal {
  count: number;
  sum: string;
}

/** Place of a record among those behind a line. `subject` is the resource or the gateway's request; `hour` is −1 for a whole day and for a request. */
export type BilledUsageKey = readonly [day: string, subject: string, hour: number];

/** Comes before every key. */
export const beforeAll: BilledUsageKey = ['1999-12-31', '', -1];

/** Which records of a line are wanted: at most so many, those that follow a key. */
export interface WantedUsage extends BilledUsage {
  limit: number;
  after: BilledUsageKey;
}

/** A record behind a line's quantity, by the event that holds it. A charge's `qty` is in cents. */
export interface BilledUsageRow {
  /** Place of its line in what was wanted, from 0. */
  wanted: number;
  id: string;
  position: number;
  recorded_at: string;
  day: string;
  qty: string;
  resource_id: string | null;
  /** −1: the whole day. */
  hour: number;
  gateway_request_id: string | null;
}

const daysOf = (db: Db, { period }: Pick<BilledUsageScope, 'period'>) => db`${period}::date and ${lastDay(period)}::date`;

/** The usage sets of deployment `w.deployment_id` that an issue was billed from. */
const sets = (db: Db, scope: BilledUsageScope) =>
  setsHeldAt(db, scope.atPosition, db`s.deployment_id = w.deployment_id and s.tenant_id = ${scope.tenantId} and s.day between ${daysOf(db, scope)}`);

/** The charges of deployment `w.deployment_id` that an issue was billed from. */
const charges = (db: Db, scope: BilledUsageScope) => db`
  from ${db(llmUsage.ref)} l
  where l.deployment_id = w.deployment_id and l.tenant_id = ${scope.tenantId} and l.day between ${daysOf(db, scope)}
    and ${countsAt(db, 'l', scope.atPosition)}`;

/** Count and sum of the records behind each line, in the order asked for: what `usageForPeriod` and `llmChargesForPeriod` add up. */
export async function billedUsageTotals(db: Db, scope: BilledUsageScope, lines: readonly BilledUsage[]): Promise<UsageTotal[]> {
  const metered = lines.filter(({ resource_kind }) => resource_kind !== null);
  const charged = lines.filter(({ resource_kind }) => resource_kind === null);
  const found = (await Promise.all([meteredTotals(db, scope, metered), chargedTotals(db, scope, charged)])).flat();
  const totals = new Map(found.map(({ count, sum, ...line }) => [lineKey(line), { count, sum: canonicalDecimal(sum) }]));
  return lines.map((line) => totals.get(lineKey(line)) ?? { count: 0, sum: '0' });
}

const lineKey = ({ deployment_id, resource_kind }: BilledUsage): string => JSON.stringify([deployment_id, resource_kind]);

/** The sets of a tenant's month are found in one go, by a plan that needs no statistics to be good. */
async function meteredTotals(db: Db, scope: BilledUsageScope, lines: readonly BilledUsage[]): Promise<(BilledUsage & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const [deployments, kinds] = [new Set(lines.map(({ deployment_id }) => deployment_id)), new Set(lines.map(({ resource_kind }) => resource_kind))];
  const ofLines = db`s.deployment_id = any(${[...deployments]}::text[]) and s.tenant_id = ${scope.tenantId} and s.day between ${daysOf(db, scope)}`;
  return db<(BilledUsage & UsageTotal)[]>`
    with held as (${setsHeldAt(db, scope.atPosition, ofLines)})
    select r.deployment_id, r.resource_kind, count(*) as count, sum(r.qty) as sum
    from held join ${db(usageRecords.ref)} r on r.deployment_id = held.deployment_id and r.day = held.day and r.set_no = held.set_no
    where r.resource_kind = any(${[...kinds]}::text[]) and r.day between ${daysOf(db, scope)}
    group by r.deployment_id, r.resource_kind`;
}

async function chargedTotals(db: Db, { tenantId, atPosition, ...month }: BilledUsageScope, lines: readonly BilledUsage[]): Promise<(BilledUsage & UsageTotal)[]> {
  if (lines.length === 0) return [];
  return db<(BilledUsage & UsageTotal)[]>`
    select l.deployment_id, null as resource_kind, count(*) as count, sum(l.charge_cents) as sum from ${db(llmUsage.ref)} l
    where l.deployment_id = any(${lines.map(({ deployment_id }) => deployment_id)}::text[]) and l.tenant_id = ${tenantId}
      and l.day between ${daysOf(db, month)} and ${countsAt(db, 'l', atPosition)}
    group by l.deployment_id`;
}

/** The records behind lines, by line, day, subject and hour. */
export async function billedUsage(db: Db, scope: BilledUsageScope, wanted: readonly WantedUsage[]): Promise<BilledUsageRow[]> {
  const places = wanted.map((one, place) => ({ ...one, place }));
  const metered = places.filter(({ resource_kind }) => resource_kind !== null);
  const charged = places.filter(({ resource_kind }) => resource_kind === null);
  const found = await Promise.all([meteredUsage(db, scope, metered), chargedUsage(db, scope, charged)]);
  return found.flat().sort((a, b) => a.wanted - b.wanted);
}

type Placed = WantedUsage & { place: number };

/** The rows of `w`, with the line's place in `wanted`. */
const asked = (db: Db, places: readonly Placed[]) => db`
  unnest(
    ${places.map(({ deployment_id }) => deployment_id)}::text[], ${places.map(({ resource_kind }) => resource_kind)}::text[],
    ${places.map(({ limit }) => limit)}::bigint[], ${places.map(({ place }) => place)}::bigint[],
    ${places.map(({ after }) => after[0])}::date[], ${places.map(({ after }) => after[1])}::text[], ${places.map(({ after }) => after[2])}::bigint[]
  ) as w(deployment_id, resource_kind, at_most, place, after_day, after_subject, after_hour)`;

interface MeteredRow extends Omit<BilledUsageRow, 'gateway_request_id'> {
  resource_id: string;
  resource_kind: string;
  stream: string;
  set_no: number;
  parts: number;
}

async function meteredUsage(db: Db, scope: BilledUsageScope, places: readonly Placed[]): Promise<BilledUsageRow[]> {
  if (places.length === 0) return [];
  const rows = await db<MeteredRow[]>`
    select w.place as wanted, j.id, j.position, j.metadata->>'recorded_at' as recorded_at, u.day, u.qty, u.resource_id, u.hour,
      w.resource_kind, j.stream, u.set_no, (j.data->>'parts')::bigint as parts
    from ${asked(db, places)}
    cross join lateral (
      select h.position, r.day, r.set_no, r.qty, r.resource_id, r.hour from (${sets(db, scope)}) h
      join ${db(usageRecords.ref)} r on r.deployment_id = h.deployment_id and r.day = h.day and r.set_no = h.set_no
      where r.resource_kind = w.resource_kind and (r.day, r.resource_id, r.hour) > (w.after_day, w.after_subject, w.after_hour)
      order by r.day, r.resource_id, r.hour limit w.at_most
    ) u
    join journal j on j.position = u.position
    order by w.place, u.day, u.resource_id, u.hour`;
  const events = await partsOf(db, rows.filter(({ parts }) => parts > 1));
  return rows.map((row) => {
    const { resource_kind: _kind, stream: _stream, set_no: _set, parts: _parts, ...told } = row;
    return { ...told, ...events.get(recordKey(row)), qty: canonicalDecimal(row.qty), gateway_request_id: null };
  });
}

type RecordName = Pick<MeteredRow, 'stream' | 'set_no' | 'resource_id' | 'resource_kind' | 'hour'>;
type PartEvent = Pick<BilledUsageRow, 'id' | 'position' | 'recorded_at'>;

const recordKey = ({ stream, set_no, resource_id, resource_kind, hour }: RecordName): string => JSON.stringify([stream, set_no, resource_id, resource_kind, hour]);

/**
 * Of sets in several parts, the event of each record: the set's own position is the last part's. Parts are looked
 * through here, since a join of their records makes Postgres read a part anew for each one.
 */
async function partsOf(db: Db, records: readonly RecordName[]): Promise<Map<string, PartEvent>> {
  if (records.length === 0) return new Map();
  const wanted = new Map(records.map(({ stream, set_no }) => [JSON.stringify([stream, set_no]), { stream, set_no }]));
  const names = [...wanted.values()];
  const parts = await db<(Pick<MeteredRow, 'stream' | 'set_no'> & PartEvent & { observations: Observation[] })[]>`
    select w.stream, w.set_no, j.id, j.position, j.metadata->>'recorded_at' as recorded_at, j.data->'observations' as observations
    from unnest(${names.map(({ stream }) => stream)}::text[], ${names.map(({ set_no }) => set_no)}::bigint[]) as w(stream, set_no)
    join journal j on j.stream = w.stream collate "C" and j.type = 'UsageMetered' and (j.data->>'set_no')::bigint = w.set_no`;
  const events = new Map<string, PartEvent>();
  for (const { stream, set_no, observations, ...event } of parts) {
    for (const { resource_id, resource_kind, hour } of observations) events.set(recordKey({ stream, set_no, resource_id, resource_kind, hour: hour ?? -1 }), event);
  }
  return events;
}

async function chargedUsage(db: Db, scope: BilledUsageScope, places: readonly Placed[]): Promise<BilledUsageRow[]> {
  if (places.length === 0) return [];
  const rows = await db<BilledUsageRow[]>`
    select w.place as wanted, j.id, j.position, j.metadata->>'recorded_at' as recorded_at, u.day, u.charge_cents as qty, null as resource_id, -1::bigint as hour, u.gateway_request_id
    from ${asked(db, places)}
    cross join lateral (
      select l.position, l.day, l.charge_cents, l.gateway_request_id ${charges(db, scope)}
        and (l.day, l.gateway_request_id) > (w.after_day, w.after_subject)
      order by l.day, l.gateway_request_id limit w.at_most
    ) u
    join journal j on j.position = u.position
    order by w.place, u.day, u.gateway_request_id`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}
