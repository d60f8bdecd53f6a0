import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { connect } from '../../src/database/connection.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { verifyLedger } from '../../src/processes/verify-ledger.ts';
import { seededLedger } from '../support/http/invoices-month.ts';
import { busyMonth } from '../support/read-models/busy-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('verifying the ledger of a busy month', () => {
  let ledger: TestLedger;
  const verify = () =>
    verifyLedger({
      ledger: ledger.ledger,
      projections,
      logger: silentLogger,
      openPool: (max) => connect(ledger.target, { max, applicationName: 'test-verify' }),
    });

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, finance: true });
    await busyMonth(ledger);
    await completeChain(ledger.sql);
  });
  after(() => ledger.close());

  it('finds no difference, and says what it checked', async () => {
    const events = await ledger.eventCount();
    const { ok, chain, projections: models, invoices } = await verify();
    expect(chain).to.deep.include({ events, position: events, unchained: 0, fault: null });
    expect(
      models.flatMap(({ differences, failure }) => [...differences, ...(failure === null ? [] : [failure])]),
    ).to.deep.equal([]);
    expect(models.map(({ name, position }) => [name, position])).to.deep.equal(
      projections.map(({ name }) => [name, events]),
    );
    // What waits for a number or for its document is done at the end of the month.
    for (const { table, rows } of models.flatMap(({ tables }) => tables))
      if (!table.endsWith('_due')) expect(rows, table).to.be.greaterThan(0);
    expect(invoices.differences).to.deep.equal([]);
    expect(invoices.issues).to.be.greaterThan(2);
    expect(invoices.lines).to.be.greaterThan(invoices.issues);
    expect(ok).to.equal(true);
  });
});
