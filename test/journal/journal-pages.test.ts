import { expect } from 'chai';
import type { Sql } from '../../src/database/db.ts';
import { readJournal } from '../../src/journal/read-journal.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { journalPages } from '../../src/journal/journal-pages.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

/** Texts that a careless reader of COPY, JSON or metadata would misread. */
const awkward = [
  'plain',
  'tab\tline\nback\\slash',
  '"quoted"',
  ',"schema_version":7,',
  '{"recorded_at":"never"}',
  'é – 😀',
  '\u2028',
  'a'.repeat(70_000),
];

describe('reading the journal by COPY', () => {
  let database: TestDatabase;
  let sql: Sql;

  const metadata = (text: string, version: number) => ({
    actor: { sub: text, tenant_id: null, roles: [text] },
    correlation_id: text,
    causation_id: text,
    command: text,
    idempotency_key: text,
    schema_version: version,
    recorded_at: '2026-04-01T00:00:00.000Z',
    effective_at: '2026-03-31',
  });

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    for (const [index, text] of awkward.entries()) {
      await sql`
        insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
        values (${index + 1}, ${text.slice(0, 200)}, 0, gen_random_uuid(),
        ${index % 2 === 0 ? 'Even' : 'Odd'}, ${JSON.stringify({ text })}::text::json,
        ${JSON.stringify(metadata(text, index))}::text::json, now())`;
    }
  });
  after(() => database.drop());

  const read = async (range: Parameters<typeof journalPages>[1]) => {
    const events = [];
    for await (const page of journalPages(database.connect({ max: 1 }), range)) events.push(...page);
    return events;
  };

  it('gives the same events as reading by query', async () => {
    const events = await read({ after: 0, upTo: awkward.length });
    const plain = events.map(({ position, stream, revision, id, type, data, metadata: read }) => ({
      position,
      stream,
      revision,
      id,
      type,
      data,
      metadata: JSON.parse(JSON.stringify(read)) as unknown,
    }));
    expect(plain).to.deep.equal((await readJournal(sql, 0, 100)).map((row) => ({ ...row })));
  });

  it('finds every member of the metadata, whatever its other texts hold', async () => {
    const events = await read({ after: 0, upTo: awkward.length });
    events.forEach(({ metadata: read }, index) => {
      const expected = metadata(awkward[index] as string, index);
      for (const name of Object.keys(expected) as (keyof typeof expected)[])
        expect(read[name], name).to.deep.equal(expected[name]);
    });
  });

  it('takes a part of it, or some types alone', async () => {
    expect((await read({ after: 2, upTo: 4 })).map(({ position }) => position)).to.deep.equal([3, 4]);
    expect((await read({ after: 0, upTo: 5, types: ['Odd'] })).map(({ position }) => position)).to.deep.equal(
      [2, 4],
    );
    expect(await read({ after: 0, upTo: 5, types: [] })).to.deep.equal([]);
  });
});
