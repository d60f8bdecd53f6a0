import { expect } from 'chai';
import { stateOf } from '../../../projections/deliveries/mail-queries.ts';
import type { Sql } from '../../../src/database/db.ts';
import { deliveryStatus } from '../../../src/processes/deliveries/delivery-status.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';

const phases = ['requested', 'sending', 'pending', 'over'];
const outcomes = [null, 'accepted', 'deferred', 'bounced', 'unknown'];
const counts = [0, 1, 2, 3];

/** Every delivery of three addresses that could be. */
const deliveries = phases.flatMap((phase) =>
  outcomes.flatMap((outcome) =>
    [null, 'reissued'].flatMap((stopped) =>
      counts.flatMap((accepted) =>
        counts
          .filter((bounced) => accepted + bounced <= 3)
          .map((bounced) => ({ phase, outcome, stopped, addresses: 3, accepted, bounced })),
      ),
    ),
  ),
);

describe('the state of a delivery', () => {
  let database: TestDatabase;
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
  });
  after(() => database.drop());

  it('is the same in a list that is filtered by it as where it is shown', async () => {
    const rows = await sql<{ state: string }[]>`
      select ${stateOf(sql)} as state
      from jsonb_to_recordset(${sql.json(deliveries)})
        as d(phase text, outcome text, stopped text, addresses int, accepted int, bounced int)`;
    expect(rows.map(({ state }) => state)).to.deep.equal(deliveries.map(deliveryStatus));
  });
});
