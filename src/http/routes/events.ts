import { z } from 'zod';
import { erasuresOf } from '../../../projections/parties/customer-queries.ts';
import { keyOfSealed } from '../../events/parties.ts';
import { foundOr404 } from '../caller.ts';
import { eventQuery, filterOf } from '../event-query.ts';
import { eventAt } from '../../journal/find/event-at.ts';
import { exportEvents, type EventExport } from '../../journal/find/export-events.ts';
import { findEvents } from '../../journal/find/find-events.ts';
import { refuseField, Refused } from '../../ledger/refusal.ts';
import { defineRoute } from '../route.ts';
import { sealedFields } from '../sealed-fields.ts';
import { instantSchema, list, one, pageQuery, queryInteger } from '../schemas.ts';

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
  before: queryInteger(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'a position: events in front of it' }),
  order: z.enum(['oldest', 'newest']).default('oldest').meta({ description: 'which events are first' }),
  format: z
    .enum(['json', 'ndjson'])
    .optional()
    .meta({ description: `ndjson: all there is, line by line; the same as Accept: ${ndjson}` }),
});

/** The journal, for reading and export. */
export const listEventsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  tag: 'platform',
  summary: 'The journal: every event in the one order of the ledger, as recorded',
  description:
    '`after` is a position: events behind it follow; `before` another: events in front of it. All ' +
    'filters are exact and hold together. One without `stream` scans the journal: a page may come short ' +
    'of `limit`, even empty, while `next_cursor` says that there is more to look through. As NDJSON it is ' +
    'an export of any size, without `limit`, `cursor`, `before` and `order`: one event a line in the order ' +
    'of the journal, then a line that says it is complete. One that was cut off goes on with `after` at ' +
    'the position of its last whole line.',
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
      requireWhole(asked);
      return { stream: texts(await exportEvents(sql, filter, asked.after)) };
    }
    const newestFirst = asked.order === 'newest';
    const from = requested.after(z.tuple([z.int()]))?.[0];
    const { events, scannedTo } = await findEvents(sql, filter, {
      after: newestFirst ? asked.after : Math.max(asked.after, from ?? 0),
      before: newestFirst ? (from ?? asked.before) : asked.before,
      newestFirst,
      limit: requested.limit + 1,
    });
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

/** @throws {Refused} `invalid-input`: an export goes from `after` to the journal's end */
function requireWhole(asked: z.output<typeof query>): void {
  for (const name of ['limit', 'cursor', 'before'] as const)
    if (asked[name] !== undefined)
      throw new Refused(refuseField(name, 'an export has no pages: `after` says where it begins'));
  if (asked.order !== 'oldest')
    throw new Refused(refuseField('order', 'an export is in the order of the journal'));
}

async function* texts({ pieces }: EventExport): AsyncGenerator<string> {
  for await (const { text } of pieces) yield text;
}

/** One event, with its neighbours and what became of its personal fields. */
export const showEventRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events/:position',
  tag: 'platform',
  summary: 'One event as recorded, and the positions before and after it in its stream',
  description:
    '`personal` lists the fields of `data` that are stored encrypted. `erased_at`: when the key of the ' +
    'field was destroyed, so that it cannot be read any more; else null.',
  access: 'admin',
  params: z.strictObject({ position: queryInteger(1, Number.MAX_SAFE_INTEGER) }),
  response: one(
    eventRow.extend({
      previous_position: z.int().nullable(),
      next_position: z.int().nullable(),
      personal: z.array(z.strictObject({ field: z.string(), erased_at: instantSchema.nullable() })),
    }),
  ),
  async handle({ params: { position } }, { sql, ledger }) {
    const { event, previous, next } = foundOr404(await eventAt(sql, position), 'event');
    const sealed = sealedFields(event.data);
    const keyIds = sealed.map(({ text }) => keyOfSealed(text));
    const erased = await ledger.query((db) => erasuresOf(db, keyIds));
    const personal = sealed.map(({ field, text }) => ({
      field,
      erased_at: erased.get(keyOfSealed(text)) ?? null,
    }));
    const metadata = { ...event.metadata };
    const shown = { ...event, metadata, previous_position: previous, next_position: next, personal };
    return { body: { data: shown } };
  },
});

/** The journal, for reading and export. */
export const eventRoutes = [listEventsRoute, showEventRoute];
