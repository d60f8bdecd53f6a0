import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import type { EventType } from '../../../src/events/index.ts';
import type { EventFilter } from '../../../src/journal/find/event-filter.ts';
import { findEvents } from '../../../src/journal/find/find-events.ts';
import type { TestDatabase } from '../../support/database/test-database.ts';
import { fillJournal, journalDatabase } from '../../support/journal/journal-rows.ts';

const EVENTS = 12_000;
const rare: EventType = 'PlanVersionDrafted';

describe('finding events in a long journal', () => {
  let database: TestDatabase & { sql: Sql };
  before(async () => {
    database = await journalDatabase();
    const { sql } = database;
    await fillJournal(sql, EVENTS, 50);
    await sql`update journal set type = ${rare} where position in (1, 2000, 2001, 7000, ${EVENTS})`;
    // As many as a page and more, far from both ends.
    await sql`
      update journal set metadata = jsonb_set(metadata::jsonb, '{correlation_id}', '"burst"')::json
      where position between 6000 and 6200`;
    // Pages that vacuum has summarised, and others behind them.
    await sql`vacuum analyze journal`;
    await fillJournal(sql, EVENTS / 4, 50);
  });
  after(async () => {
    await database.drop();
  });

  const at = (position: number): string => new Date(Date.UTC(2026, 4, 1, 0, 0, position)).toISOString();
  const filters: Record<string, EventFilter> = {
    'a rare type': { type: rare },
    'a frequent type': { type: 'PlanCreated' },
    'the most frequent type': { type: 'BalanceRecorded' },
    'a type that is not there': { type: 'CustomerErased' },
    'an actor': { actor: 'ann' },
    'an actor and a type': { actor: 'ann', type: rare },
    'a correlation': { correlationId: 'request-1500' },
    'a correlation of many': { correlationId: 'burst' },
    'from a moment on': { recordedFrom: at(14_000) },
    'up to a moment': { recordedTo: at(900) },
    'between two moments': { recordedFrom: at(5000), recordedTo: at(5100) },
    'an actor between two moments': { actor: 'ann', recordedFrom: at(5000), recordedTo: at(9000) },
  };

  for (const [what, filter] of Object.entries(filters))
    it(`finds ${what} from both ends, as reading every event does`, async () => {
      const every = await matches(database.sql, filter);
      for (const newestFirst of [false, true])
        for (const limit of [1, 4, 51, 501])
          for (const [after, before] of [
            [0, undefined],
            [1999, 12_001],
            [5990, 6100],
          ] as const) {
            const found = await findEvents(database.sql, filter, { after, before, newestFirst, limit });
            const within = every.filter((position) => position > after && position < (before ?? Infinity));
            const expected = (newestFirst ? within.toReversed() : within).slice(0, limit);
            expect(
              found.events.map(({ position }) => position),
              `after ${after}, ${limit}, ${newestFirst ? 'newest' : 'oldest'} first`,
            ).to.deep.equal(expected);
            expect(found.scannedTo).to.equal(null);
          }
    });
});

/** The positions of all events that match, by looking at each. */
async function matches(sql: Sql, filter: EventFilter): Promise<number[]> {
  const rows = await sql<
    {
      position: number;
      type: string;
      metadata: { actor: { sub: string }; correlation_id: string };
      at: number;
    }[]
  >`
    select position, type, metadata, (extract(epoch from recorded_at) * 1000)::bigint as at
    from journal order by position`;
  return rows
    .filter(
      ({ type, metadata, at }) =>
        (filter.type ?? type) === type &&
        (filter.actor ?? metadata.actor.sub) === metadata.actor.sub &&
        (filter.correlationId ?? metadata.correlation_id) === metadata.correlation_id &&
        at >= (filter.recordedFrom === undefined ? 0 : Date.parse(filter.recordedFrom)) &&
        at <= (filter.recordedTo === undefined ? Infinity : Date.parse(filter.recordedTo)),
    )
    .map(({ position }) => position);
}
