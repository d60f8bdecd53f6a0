import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { connect } from '../../src/database/connection.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { rebuildProjections } from '../../src/rebuild/rebuild.ts';
import { seededLedger } from '../http/invoices-month.ts';
import type { TestLedger } from '../support/ledger.ts';
import { busyMonth } from './busy-month.ts';
import { tablesOf } from './tables.ts';

describe('rebuilding the read models of a running service', () => {
  let ledger: TestLedger;
  const rebuild = (names?: readonly string[]) => rebuildProjections(
    projections.filter(({ name }) => names === undefined || names.includes(name)),
    { openPool: (max) => connect(ledger.target, { max, applicationName: 'test-rebuild' }), logger: silentLogger },
  );

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, finance: true });
    await busyMonth(ledger);
  });
  after(() => ledger.close());

  it('ends in the same rows', async () => {
    const before = await tablesOf(ledger.sql);
    const outcomes = await rebuild();
    expect(outcomes.map(({ name, status }) => [name, status])).to.deep.equal(projections.map(({ name }) => [name, 'completed']));
    const after = await tablesOf(ledger.sql);
    for (const [table, rows] of before) expect(after.get(table), table).to.deep.equal(rows);
  });
});
