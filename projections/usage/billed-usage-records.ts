import type { Db, Fragment } from '../../src/database/db.ts';
import type { Observation } from '../../src/events/usage.ts';
import { recordedEvents } from '../../src/journal/read-journal.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import {
  countingReports,
  daysOf,
  gatewayReports,
  multirange,
  tokens,
  type BilledUsage,
  type BilledUsageScope,
} from './billed-usage.ts';
import { setsHeldAt } from './invoicing-queries.ts';
import { usageRecords } from './tables.ts';

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
  /** Of reported usage: who reported it, under which id. */
  source: string | null;
  external_id: string | null;
  /** What distinguishes the record from others of its day. */
  subject: string;
}

/** The hours of reports in a key, beside the −1 of a metered day, so that no two records have one key. */
const OF_GATEWAY = -2;
const AS_REPORTED = -3;

type Placed = WantedUsage & { place: number };

/** The rows of `w`, with the line's place in `wanted`. */
const wantedRows = (db: Db, places: readonly Placed[]) => db`(
  select a.deployment_id, a.resource_kind, a.at_most, a.place, a.after_day, a.after_subject, a.after_hour,
    a.days::datemultirange as days, a.gateway_days::datemultirange as gateway_days
  from unnest(
    ${places.map(({ deployment_id }) => deployment_id)}::text[],
    ${places.map(({ resource_kind }) => resource_kind)}::text[],
    ${places.map(({ limit }) => limit)}::bigint[], ${places.map(({ place }) => place)}::bigint[],
    ${places.map(({ after }) => after[0])}::date[], ${places.map(({ after }) => after[1])}::text[],
    ${places.map(({ after }) => after[2])}::bigint[],
    ${places.map(({ resource_kind, days }) => multirange(resource_kind === null ? [] : days))}::text[],
    ${places.map((one) => multirange(one.resource_kind === null ? one.days : one.gateway_days))}::text[]
  ) as a(deployment_id, resource_kind, at_most, place, after_day, after_subject, after_hour, days,
    gateway_days)) w`;

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

/** Metered records of line `w`. The columns are those of the next two. */
const meteredRecords = (db: Db, scope: BilledUsageScope): Fragment => db`
  select h.position, r.day, r.set_no, r.qty, r.resource_id, null as gateway_request_id, null as source,
    null as external_id, r.resource_id as subject, r.hour
  from (${setsHeldAt(
    db,
    scope.atPosition,
    db`s.deployment_id = w.deployment_id and s.tenant_id = ${scope.tenantId}
      and s.day between ${daysOf(db, scope)}`,
  )}) h
    join ${db(usageRecords.ref)} r
      on r.deployment_id = h.deployment_id and r.day = h.day and r.set_no = h.set_no
  where r.resource_kind = w.resource_kind and r.day <@ w.days
    and (r.day, r.resource_id, r.hour) > (w.after_day, w.after_subject, w.after_hour)
  order by r.day, r.resource_id, r.hour limit w.at_most`;

/** Reports of the gateway that line `w` counts, as charges or as tokens. */
const chargeRecords = (db: Db, scope: BilledUsageScope): Fragment => db`
  select l.position, l.day, null,
    case when w.resource_kind is null then l.charge_cents else ${tokens(db)} end,
    null, l.gateway_request_id, null, null, l.gateway_request_id, ${OF_GATEWAY}::bigint
    ${gatewayReports(db, scope)} and l.day <@ w.gateway_days
    and (l.day, l.gateway_request_id, ${OF_GATEWAY}::bigint) > (w.after_day, w.after_subject, w.after_hour)
  order by l.day, l.gateway_request_id limit w.at_most`;

/** Reports of usage that line `w` counts. */
const reportRecords = (db: Db, scope: BilledUsageScope): Fragment => db`
  select u.position, u.day, null, u.qty, null, null, u.source, u.external_id, u.id, ${AS_REPORTED}::bigint
    ${countingReports(db, scope)} and u.resource_kind = w.resource_kind and u.day <@ w.days
    and (u.day, u.id, ${AS_REPORTED}::bigint) > (w.after_day, w.after_subject, w.after_hour)
  order by u.day, u.id limit w.at_most`;

/** The records behind each line, by day, subject and hour. */
export async function billedUsageRecords(
  db: Db,
  scope: BilledUsageScope,
  wanted: readonly WantedUsage[],
): Promise<ReadonlyMap<WantedUsage, BilledUsageRow[]>> {
  if (wanted.length === 0) return new Map();
  const rows = await db<FoundRow[]>`
    select w.place, j.id, j.position, j.metadata->>'recorded_at' as recorded_at, u.day, u.qty, u.resource_id,
      u.hour, u.gateway_request_id, u.source, u.external_id, u.subject, w.resource_kind, j.stream, u.set_no,
      (j.data->>'parts')::bigint as parts
    from ${wantedRows(
      db,
      wanted.map((one, place) => ({ ...one, place })),
    )}
    cross join lateral (
      select * from (
        (${meteredRecords(db, scope)})
        union all
        (${chargeRecords(db, scope)})
        union all
        (${reportRecords(db, scope)})
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
 * The event of each record of sets in several parts; the set's own position is that of its last part. The
 * records of a part are searched here, since a join with them makes PostgreSQL read a part for each record.
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
    select w.stream, w.set_no, j.id, j.position, j.metadata->>'recorded_at' as recorded_at,
      j.data->'observations' as observations
    from unnest(
      ${names.map(({ stream }) => stream)}::text[], ${names.map(({ set_no }) => set_no)}::bigint[]
    ) as w(stream, set_no)
    join (${recordedEvents(db)}) j
      on j.stream = w.stream collate "C" and j.type = 'UsageMetered'
        and (j.data->>'set_no')::bigint = w.set_no`;
  const events = new Map<string, PartEvent>();
  for (const { stream, set_no, observations, ...event } of parts) {
    for (const { resource_id, resource_kind, hour } of observations)
      events.set(recordKey({ stream, set_no, resource_id, resource_kind, hour: hour ?? -1 }), event);
  }
  return events;
}
