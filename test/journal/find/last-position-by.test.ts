import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { lastPositionBy } from '../../../src/journal/find/last-position-by.ts';
import type { TestDatabase } from '../../support/database/test-database.ts';
import { fillJournal, journalDatabase } from '../../support/journal/journal-rows.ts';

const EVENTS = 9_000;
const at = (second: number): string => new Date(Date.UTC(2026, 4, 1, 0, 0, second)).toISOString();

describe('the last event that was recorded by an instant', () => {
  let database: TestDatabase & { sql: Sql };
  before(async () => {
    database = await journalDatabase();
    await fillJournal(database.sql, EVENTS, 50);
    // A machine whose clock is late, and one whose clock is early.
    await database.sql`
      update journal set recorded_at = recorded_at - interval '1 hour' where position in (8500, 8900)`;
    await database.sql`
      update journal set recorded_at = recorded_at + interval '1 hour' where position in (1, 2500)`;
    await database.sql`vacuum analyze journal`;
  });
  after(async () => {
    await database.drop();
  });

  for (const upTo of [EVENTS, 8_899, 8_000, 1_500, 2, 0])
    it(`is found among ${upTo}, as by looking at each`, async () => {
      const rows = await database.sql<{ position: number; at: number }[]>`
        select position, (extract(epoch from recorded_at) * 1000)::bigint as at from journal
        where position <= ${upTo} order by position desc`;
      for (const second of [0, 1, 2, 900, 2_500, 4_800, 4_901, 5_300, 6_100, 8_000, 8_999, 20_000]) {
        const instant = at(second);
        const expected = rows.find((row) => row.at <= Date.parse(instant))?.position ?? 0;
        expect(await lastPositionBy(database.sql, instant, upTo), instant).to.equal(expected);
      }
    });
});
