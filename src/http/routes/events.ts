import { z } from 'zod';
import { eventQuery, filterOf } from '../event-query.ts';
import { exportEvents, type EventExport } from '../../journal/find/export-events.ts';
import { findEvents } from '../../journal/find/find-events.ts';
import { refuseField, Refused } from '../../ledger/refusal.ts';
import { defineRoute } from '../route.ts';
import { list, pageQuery, queryInteger } from '../schemas.ts';

const eventRow = z.strictObject({
  position: z.int().min(1),
  stream: z.string(),
  revision: z.int().min(0),
  id: z.string(),
  type: z.string(),
  data: z.json(),
  metadata: z.record(z.string(), z.json()).meta({
    description:
      'actor, correlation_id, causation_id, schema_version, recorded_at, and where they apply ' +
      'idempotency_key and effective_at',
  }),
});

/** The last line of an export. */
const completion = z.strictObject({
  complete: z.literal(true),
  events: z.int().min(0),
  position: z.int().min(0),
});

const ndjson = 'application/x-ndjson';

const query = z.strictObject({
  limit: queryInteger(1, 500).optional().meta({ description: 'at most so many rows; 50 by default' }),
  cursor: pageQuery.cursor,
  ...eventQuery,
  format: z
    .enum(['json', 'ndjson'])
    .optional()
    .meta({ description: `ndjson: all there is, line by line; the same as Accept: ${ndjson}` }),
});

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  tag: 'platform',
  summary: 'The journal: every event in the one order of the ledger, as recorded',
  description:
    '`after` is a position: events behind it follow. All filters are exact and hold together. One ' +
    'without `stream` scans the journal: a page may come short of `limit`, even empty, while ' +
    '`next_cursor` says that there is more to look through. As NDJSON it is an export of any size, ' +
    'without `limit` and `cursor`: one event a line in the order of the journal, then a line that says ' +
    'it is complete. One that was cut off goes on with `after` at the position of its last whole line.',
  access: 'admin',
  query,
  response: list(eventRow),
  streamed: {
    contentType: ndjson,
    line: z.union([eventRow, completion]),
    description: 'A line: an event; in the last line `position` is the `after` of the next export.',
  },
  async handle({ query: asked, page: requested, prefers }, { sql }) {
    const filter = filterOf(asked);
    if (asked.format === 'ndjson' || (asked.format === undefined && prefers(ndjson))) {
      for (const name of ['limit', 'cursor'] as const)
        if (asked[name] !== undefined)
          throw new Refused(refuseField(name, 'an export has no pages: `after` says where it begins'));
      return { stream: texts(await exportEvents(sql, filter, asked.after)) };
    }
    const from = Math.max(asked.after, requested.after(z.tuple([z.int()]))?.[0] ?? 0);
    const { events, scannedTo } = await findEvents(sql, filter, from, requested.limit + 1);
    const { data, next_cursor } = requested.of(
      events.map(({ metadata, ...row }) => ({ ...row, metadata: { ...metadata } })),
      (row) => [row.position],
    );
    if (scannedTo === null) return { body: { data, next_cursor } };
    // The next page goes on where the scan ended, which need not be at a row.
    const { limit: _limit, cursor: _cursor, ...filters } = asked;
    return { body: { data, next_cursor: requested.cursorOf(filters, [scannedTo]) } };
  },
});

async function* texts({ pieces }: EventExport): AsyncGenerator<string> {
  for await (const { text } of pieces) yield text;
}

/** The journal, for reading and export. */
export const eventRoutes = [listRoute];
