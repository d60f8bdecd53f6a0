import { z } from 'zod';
import type { Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import type { Page } from '../page.ts';
import { defineRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { idSchema, list, page, queryInteger } from '../schemas.ts';

const eventRow = z.strictObject({
  position: z.int().min(1), stream: z.string(), revision: z.int().min(0), id: z.string(), type: z.string(), data: z.json(),
  metadata: z.record(z.string(), z.json()).meta({ description: 'actor, correlation_id, causation_id, schema_version, recorded_at, and where they apply idempotency_key and effective_at' }),
});

/** What of the journal is asked for. */
interface Filter {
  stream: string | undefined;
  type: string | undefined;
}

/** The journal has no index by type, which every append would pay for: a filter by type scans so many positions a statement. */
const scanStep = 50_000;
/** A request scans at most so many; a page that is not full by then goes on from there. */
const scanLimit = 1_000_000;

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  tag: 'platform',
  summary: 'The journal: every event in the one order of the ledger, as recorded',
  description: '`after` is a position: events behind it follow. `stream` and `type` are exact. A filter by `type` alone scans the journal; a page of it may come short of `limit`, even empty, while `next_cursor` says that there is more to look through.',
  access: 'admin',
  query: z.strictObject({ ...page, stream: idSchema.optional(), type: idSchema.optional(), after: queryInteger(0, Number.MAX_SAFE_INTEGER).default(0) }),
  response: list(eventRow),
  async handle({ query: { stream, type, after }, page: requested }, { sql }) {
    const from = Math.max(after, requested.after(z.tuple([z.int()]))?.[0] ?? 0);
    const filter = { stream, type };
    if (type === undefined || stream !== undefined) {
      const rows = await readEvents(sql, filter, from, null, requested.limit + 1);
      return { body: pageOf(requested, rows, null) };
    }
    const { rows, scannedTo } = await scanEvents(sql, filter, from, requested.limit + 1);
    return { body: pageOf(requested, rows, scannedTo) };
  },
});

/** Events behind `from`, up to `to` where one is given, in order. */
async function readEvents(sql: Sql, { stream, type }: Filter, from: number, to: number | null, limit: number): Promise<RecordedEvent[]> {
  return sql<RecordedEvent[]>`
    select position, stream, revision, id, type, data, metadata from journal
    where position > ${from}
      ${to === null ? sql`` : sql`and position <= ${to}`}
      ${stream === undefined ? sql`` : sql`and stream = ${stream}`}
      ${type === undefined ? sql`` : sql`and type = ${type}`}
    order by position limit ${limit}`;
}

/** Reads in steps until the page is full or the journal ends; `scannedTo` is null unless it stopped before either. */
async function scanEvents(sql: Sql, filter: Filter, from: number, limit: number): Promise<{ rows: RecordedEvent[]; scannedTo: number | null }> {
  const [journal] = await sql<{ head: number }[]>`select coalesce(max(position), 0) as head from journal`;
  const head = journal?.head ?? 0;
  const end = Math.min(head, from + scanLimit);
  const rows: RecordedEvent[] = [];
  for (let at = from; at < end && rows.length < limit; at += scanStep) {
    rows.push(...await readEvents(sql, filter, at, Math.min(end, at + scanStep), limit - rows.length));
  }
  return { rows, scannedTo: rows.length < limit && end < head ? end : null };
}

function pageOf(requested: Page, rows: readonly RecordedEvent[], scannedTo: number | null) {
  const { data, next_cursor } = requested.of(rows.map(({ metadata, ...row }) => ({ ...row, metadata: { ...metadata } })), (row) => [row.position]);
  return { data, next_cursor: scannedTo === null ? next_cursor : cursorAt(requested, scannedTo) };
}

/** A cursor at a position that need not be a row's: a page gives one only after a full page, so it is shown one. */
function cursorAt(requested: Page, position: number): string | null {
  return requested.of(Array.from({ length: requested.limit + 1 }, () => position), (at) => [at]).next_cursor;
}

/** The journal, for people and audits. */
export const eventRoutes: readonly Route[] = [listRoute];
