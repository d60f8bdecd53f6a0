import { expect } from 'chai';
import { documentNumbers } from '../../../projections/invoicing/tables.ts';
import { verifyForms } from '../../../projections/documents/frozen-queries.ts';
import { verifyNumbers } from '../../../projections/invoicing/number-check.ts';
import { settleAll } from '../../../src/processes/documents/settler.ts';
import { rollup, seededLedger } from '../../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { subscribedTenants } from '../../support/processes/issued-numbers.ts';

describe('verifying numbers and documents', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    await subscribedTenants(ledger, 4);
    await setSeller(ledger);
    for (const tenant of ['t-0', 't-1', 't-2']) await setCustomer(ledger, tenant);
    await rollup(ledger);
    await settleAll(ledger.processDeps);
  });
  after(() => ledger.close());

  const numberFaults = async () =>
    (await ledger.ledger.readLatest(verifyNumbers)).faults.map(({ fault }) => fault);
  const forms = (today = '2026-06-01') => ledger.ledger.readLatest((db) => verifyForms(db, today));

  it('finds nothing wrong, and counts what it checked', async () => {
    expect(await ledger.ledger.readLatest(verifyNumbers)).to.deep.equal({
      series: 1,
      numbers: 4,
      faults: [],
    });
    expect(await forms()).to.deep.equal({ forms: 3, faults: [] });
  });

  it('names a document that is missing until its day has passed, and one that was altered', async () => {
    await ledger.sql`
      delete from documents where document_id = (select min(document_id) from documents)`;
    await ledger.sql`
      update documents set content = 'x' where document_id = (select min(document_id) from documents)`;
    expect((await forms()).faults.map(({ fault }) => fault).sort()).to.deep.equal(['altered', 'missing']);
    expect((await forms('2031-05-09')).faults.length).to.equal(2);
    expect((await forms('2031-05-10')).faults.map(({ fault }) => fault)).to.deep.equal(['altered']);
  });

  it('names a gap, a double, another order and a number without its document', async () => {
    const table = ledger.sql(documentNumbers.ref);
    const alter = async (change: () => Promise<unknown>): Promise<string[]> => {
      const kept = await ledger.sql`select * from ${table}`;
      await change();
      const faults = await numberFaults();
      await ledger.sql`truncate ${table}`;
      await ledger.sql`insert into ${table} ${ledger.sql(kept)}`;
      return faults;
    };
    expect(await alter(() => ledger.sql`delete from ${table} where no = 2`)).to.deep.equal([
      'the number before it in its series is 1',
    ]);
    expect(
      await alter(
        () => ledger.sql`
          update ${table} set no = 1, number = (select number from ${table} where no = 1) where no = 2`,
      ),
    ).to.include('it stands on 2 documents');
    expect(
      await alter(() => ledger.sql`update ${table} set no = case no when 1 then 2 else 1 end where no <= 2`),
    ).to.deep.equal(['its document was issued before that of the number before it']);
    expect(await alter(() => ledger.sql`update ${table} set subject_id = 'x' where no = 4`)).to.deep.equal([
      'its document was never issued',
    ]);
    expect(await numberFaults()).to.deep.equal([]);
  });
});
