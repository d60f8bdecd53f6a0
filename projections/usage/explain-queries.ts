import type { Db, Fragment } from '../../src/database/db.ts';
import { recordedEvents } from '../../src/journal/read-journal.ts';
import type { Observation } from '../../src/events/usage.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { addDecimals, canonicalDecimal } from '../../src/pricing/money.ts';
import type { DayRange } from '../../src/pricing/segments.ts';
import { setsHeldAt } from './invoicing-queries.ts';
import { llmUsage, usageReports, usageRecords } from './tables.ts';
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
  /** The days that count. */
  days: readonly DayRange[];
  /** The days on which what the gateway reported counts by its tokens, as usage of the kind. */
  gateway_days: readonly DayRange[];
}

/** How many records are behind a line's quantity, and their exact sum. */
export interface UsageTotal {
  count: number;
  sum: string;
}

/**
 * Place of a record among those behind a line. `subject` is the resource, the gateway's request or the
 * report; `hour` is −1 for a whole day and less for a request or a report.
 */
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
  id: string;
  position: number;
  recorded_at: string;
  day: string;
  qty: string;
  resource_id: string | null;
  /** Below 0: none. */
  hour: number;
  gateway_request_id: string | null;
  /** Of usage that was reported: by whom, and their id of it. */
  source: string | null;
  external_id: string | null;
  /** What tells the record apart from others of its day. */
  subject: string;
}

const daysOf = (db: Db, { period }: Pick<BilledUsageScope, 'period'>) =>
  db`${period}::date and ${lastDay(period)}::date`;

/** Days as PostgreSQL writes them. */
const multirange = (days: readonly DayRange[]): string =>
  `{${days.map(({ from, to }) => `[${from},${to}]`).join(',')}}`;

/** The usage sets of deployment `w.deployment_id` that an issue was billed from. */
const sets = (db: Db, scope: BilledUsageScope) =>
  setsHeldAt(
    db,
    scope.atPosition,
    db`s.deployment_id = w.deployment_id and s.tenant_id = ${scope.tenantId} and s.day between ${daysOf(db, scope)}`,
  );

/** The reports of the gateway for deployment `w.deployment_id` that an issue was billed from. */
const reports = (db: Db, scope: BilledUsageScope) => db`
  from ${db(llmUsage.ref)} l
  where l.deployment_id = w.deployment_id and l.tenant_id = ${scope.tenantId} and l.day between ${daysOf(db, scope)}
    and ${countsAt(db, 'l', scope.atPosition)}`;

/** The reported usage of deployment `w.deployment_id` that an issue was billed from. */
const reported = (db: Db, scope: BilledUsageScope) => db`
  from ${db(usageReports.ref)} u
  where u.deployment_id = w.deployment_id and u.tenant_id = ${scope.tenantId} and u.day between ${daysOf(db, scope)}
    and ${countsAt(db, 'u', scope.atPosition)}`;

const tokens = (db: Db) => db`(l.input_tokens + l.output_tokens)::numeric`;

/** Count and sum of the records behind a line, for each of some lines: what the month's inputs add up. */
export async function billedUsageTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
): Promise<(line: LineName) => UsageTotal> {
  const metered = lines.filter(({ resource_kind }) => resource_kind !== null);
  const charged = lines.filter(({ resource_kind }) => resource_kind === null);
  const counted = lines
    .filter(({ gateway_days }) => gateway_days.length > 0)
    .map((line) => ({ ...line, days: line.gateway_days }));
  const found = (
    await Promise.all([
      meteredTotals(db, scope, metered),
      reportedTotals(db, scope, metered),
      gatewayTotals(db, scope, charged, db`l.charge_cents`),
      gatewayTotals(db, scope, counted, tokens(db)),
    ])
  ).flat();
  const totals = new Map<string, UsageTotal>();
  for (const total of found) {
    const known = totals.get(lineKey(total)) ?? { count: 0, sum: '0' };
    totals.set(lineKey(total), { count: known.count + total.count, sum: addDecimals(known.sum, total.sum) });
  }
  return (line) => totals.get(lineKey(line)) ?? { count: 0, sum: '0' };
}

type LineName = Pick<BilledUsage, 'deployment_id' | 'resource_kind'>;

const lineKey = ({ deployment_id, resource_kind }: LineName): string =>
  JSON.stringify([deployment_id, resource_kind]);

/** Deployments with the days that count, as rows `w`. */
const daysByDeployment = (db: Db, lines: readonly BilledUsage[]) => {
  const days = new Map(lines.map((line) => [line.deployment_id, multirange(line.days)]));
  return db`(select d.id as deployment_id, d.days::datemultirange as days from unnest(${[...days.keys()]}::text[], ${[...days.values()]}::text[]) as d(id, days)) w`;
};

/** The sets of a tenant's month are found in one go, by a plan that needs no statistics to be good. */
async function meteredTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
): Promise<(LineName & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const [deployments, kinds] = [
    new Set(lines.map(({ deployment_id }) => deployment_id)),
    new Set(lines.map(({ resource_kind }) => resource_kind)),
  ];
  const ofLines = db`s.deployment_id = any(${[...deployments]}::text[]) and s.tenant_id = ${scope.tenantId} and s.day between ${daysOf(db, scope)}`;
  return db<(LineName & UsageTotal)[]>`
    with held as (${setsHeldAt(db, scope.atPosition, ofLines)})
    select r.deployment_id, r.resource_kind, count(*) as count, sum(r.qty) as sum
    from held join ${db(usageRecords.ref)} r on r.deployment_id = held.deployment_id and r.day = held.day and r.set_no = held.set_no
    join ${daysByDeployment(db, lines)} on w.deployment_id = r.deployment_id and r.day <@ w.days
    where r.resource_kind = any(${[...kinds]}::text[]) and r.day between ${daysOf(db, scope)}
    group by r.deployment_id, r.resource_kind`;
}

async function reportedTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
): Promise<(LineName & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const kinds = new Set(lines.map(({ resource_kind }) => resource_kind));
  return db<(LineName & UsageTotal)[]>`
    select w.deployment_id, r.resource_kind, r.count, r.sum from ${daysByDeployment(db, lines)}
    cross join lateral (
      select u.resource_kind, count(*) as count, sum(u.qty) as sum ${reported(db, scope)} and u.day <@ w.days and u.resource_kind = any(${[...kinds]}::text[])
      group by u.resource_kind) r`;
}

/** @param qty of a report `l` */
async function gatewayTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
  qty: Fragment,
): Promise<(LineName & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const kinds = new Map(lines.map(({ deployment_id, resource_kind }) => [deployment_id, resource_kind]));
  const rows = await db<(Omit<LineName, 'resource_kind'> & UsageTotal)[]>`
    select w.deployment_id, u.count, u.sum from ${daysByDeployment(db, lines)}
    cross join lateral (select count(*) as count, coalesce(sum(${qty}), 0) as sum ${reports(db, scope)} and l.day <@ w.days) u`;
  return rows.map((row) => ({ ...row, resource_kind: kinds.get(row.deployment_id) ?? null }));
}

/** The hours of reports, beside the −1 of a metered day: what is told apart sorts apart. */
const OF_GATEWAY = -2;
const AS_REPORTED = -3;

type Placed = WantedUsage & { place: number };

/** The rows of `w`, with the line's place in `wanted`. */
const asked = (db: Db, places: readonly Placed[]) => db`(
  select a.deployment_id, a.resource_kind, a.at_most, a.place, a.after_day, a.after_subject, a.after_hour, a.days::datemultirange as days, a.gateway_days::datemultirange as gateway_days
  from unnest(
    ${places.map(({ deployment_id }) => deployment_id)}::text[], ${places.map(({ resource_kind }) => resource_kind)}::text[],
    ${places.map(({ limit }) => limit)}::bigint[], ${places.map(({ place }) => place)}::bigint[],
    ${places.map(({ after }) => after[0])}::date[], ${places.map(({ after }) => after[1])}::text[], ${places.map(({ after }) => after[2])}::bigint[],
    ${places.map(({ resource_kind, days }) => multirange(resource_kind === null ? [] : days))}::text[],
    ${places.map(({ resource_kind, days, gateway_days }) => multirange(resource_kind === null ? days : gateway_days))}::text[]
  ) as a(deployment_id, resource_kind, at_most, place, after_day, after_subject, after_hour, days, gateway_days)) w`;

interface FoundRow extends BilledUsageRow {
  /** Of its line in what was wanted, from 0. */
  place: number;
  resource_kind: string | null;
  stream: string;
  /** Null: of no set. */
  set_no: number | null;
  parts: number | null;
}

type MeteredRow = FoundRow & { resource_id: string; resource_kind: string; set_no: number };

/** The records behind each line, by day, subject and hour. */
export async function billedUsage(
  db: Db,
  scope: BilledUsageScope,
  wanted: readonly WantedUsage[],
): Promise<ReadonlyMap<WantedUsage, BilledUsageRow[]>> {
  if (wanted.length === 0) return new Map();
  const rows = await db<FoundRow[]>`
    select w.place, j.id, j.position, j.metadata->>'recorded_at' as recorded_at, u.day, u.qty, u.resource_id, u.hour, u.gateway_request_id, u.source, u.external_id, u.subject,
      w.resource_kind, j.stream, u.set_no, (j.data->>'parts')::bigint as parts
    from ${asked(
      db,
      wanted.map((one, place) => ({ ...one, place })),
    )}
    cross join lateral (
      select * from (
        (select h.position, r.day, r.set_no, r.qty, r.resource_id, null as gateway_request_id, null as source, null as external_id, r.resource_id as subject, r.hour from (${sets(db, scope)}) h
          join ${db(usageRecords.ref)} r on r.deployment_id = h.deployment_id and r.day = h.day and r.set_no = h.set_no
          where r.resource_kind = w.resource_kind and r.day <@ w.days and (r.day, r.resource_id, r.hour) > (w.after_day, w.after_subject, w.after_hour)
          order by r.day, r.resource_id, r.hour limit w.at_most)
        union all
        (select l.position, l.day, null, case when w.resource_kind is null then l.charge_cents else ${tokens(db)} end, null, l.gateway_request_id, null, null, l.gateway_request_id, ${OF_GATEWAY}::bigint
          ${reports(db, scope)} and l.day <@ w.gateway_days and (l.day, l.gateway_request_id, ${OF_GATEWAY}::bigint) > (w.after_day, w.after_subject, w.after_hour)
          order by l.day, l.gateway_request_id limit w.at_most)
        union all
        (select u.position, u.day, null, u.qty, null, null, u.source, u.external_id, u.id, ${AS_REPORTED}::bigint
          ${reported(db, scope)} and u.resource_kind = w.resource_kind and u.day <@ w.days and (u.day, u.id, ${AS_REPORTED}::bigint) > (w.after_day, w.after_subject, w.after_hour)
          order by u.day, u.id limit w.at_most)
      ) found
      order by found.day, found.subject, found.hour limit w.at_most
    ) u
    join (${recordedEvents(db)}) j on j.position = u.position
    order by w.place, u.day, u.subject, u.hour`;
  const events = await partsOf(
    db,
    rows.filter((row): row is MeteredRow => row.set_no !== null && row.parts !== null && row.parts > 1),
  );
  const byLine = wanted.map((one) => [one, [] as BilledUsageRow[]] as const);
  for (const row of rows) {
    const { place, resource_kind: _kind, stream: _stream, set_no: _set, parts: _parts, ...record } = row;
    byLine[place]?.[1].push({
      ...record,
      ...(row.set_no === null ? {} : events.get(recordKey(row as MeteredRow))),
      qty: canonicalDecimal(row.qty),
    });
  }
  return new Map(byLine);
}

type RecordName = Pick<MeteredRow, 'stream' | 'set_no' | 'resource_id' | 'resource_kind' | 'hour'>;
type PartEvent = Pick<BilledUsageRow, 'id' | 'position' | 'recorded_at'>;

const recordKey = ({ stream, set_no, resource_id, resource_kind, hour }: RecordName): string =>
  JSON.stringify([stream, set_no, resource_id, resource_kind, hour]);

/**
 * Of sets in several parts, the event of each record: the set's own position is the last part's. Parts are
 * looked through here, since a join of their records makes Postgres read a part anew for each one.
 */
async function partsOf(db: Db, records: readonly RecordName[]): Promise<Map<string, PartEvent>> {
  if (records.length === 0) return new Map();
  const wanted = new Map(
    records.map(({ stream, set_no }) => [JSON.stringify([stream, set_no]), { stream, set_no }]),
  );
  const names = [...wanted.values()];
  const parts = await db<
    (Pick<MeteredRow, 'stream' | 'set_no'> & PartEvent & { observations: Observation[] })[]
  >`
    select w.stream, w.set_no, j.id, j.position, j.metadata->>'recorded_at' as recorded_at, j.data->'observations' as observations
    from unnest(${names.map(({ stream }) => stream)}::text[], ${names.map(({ set_no }) => set_no)}::bigint[]) as w(stream, set_no)
    join (${recordedEvents(db)}) j
      on j.stream = w.stream collate "C" and j.type = 'UsageMetered' and (j.data->>'set_no')::bigint = w.set_no`;
  const events = new Map<string, PartEvent>();
  for (const { stream, set_no, observations, ...event } of parts) {
    for (const { resource_id, resource_kind, hour } of observations)
      events.set(recordKey({ stream, set_no, resource_id, resource_kind, hour: hour ?? -1 }), event);
  }
  return events;
}
