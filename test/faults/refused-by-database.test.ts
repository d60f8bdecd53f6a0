import { expect } from 'chai';
import { ok } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { expectUnavailable, expectWhole } from '../support/database/outage.ts';

describe('when the database temporarily refuses to write', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ postgresLog: true });
  });
  after(() => ledger.close());

  const create = (slug: string) =>
    ledger.api.post('deployments', { tenant_id: 'full', slug, display_name: 'x' });

  for (const [what, code] of [
    ['a full disk', '53100'],
    ['memory that is used up', '53200'],
    ['a server that was made read-only', '25006'],
  ] as const) {
    it(`${what}: answers commands with 503, serves reads, and works again afterwards`, async () => {
      await ok(create(`${code}-before`), 201);
      await ledger.sql.unsafe(`
        create function refuse_insert() returns trigger language plpgsql as $$
          begin raise exception 'could not extend file' using errcode = '${code}'; end $$;
        create trigger refuse_insert before insert on journal for each statement
          execute function refuse_insert()`);
      const before = await ledger.sql`select count(*) as n from journal`;
      expectUnavailable(await create(`${code}-refused`));
      expect(
        (await ok(ledger.api.get('deployments?limit=500'))).data.map((row: { slug: string }) => row.slug),
      )
        .to.include(`${code}-before`)
        .and.not.include(`${code}-refused`);
      expect(await ledger.sql`select count(*) as n from journal`).to.deep.equal(before);
      await ledger.sql.unsafe('drop trigger refuse_insert on journal; drop function refuse_insert()');
      await ok(create(`${code}-refused`), 201);
      await expectWhole(ledger);
    });
  }
});
