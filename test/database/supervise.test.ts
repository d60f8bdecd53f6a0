import { expect } from 'chai';
import { getEventListeners } from 'node:events';
import type { Sql } from '../../src/database/db.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { pause, supervise } from '../../src/database/supervise.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { until } from '../support/runtime/until.ts';

describe('a supervised duty', () => {
  let database: TestDatabase;
  let locks: Sql;
  before(async () => {
    database = await createTestDatabase();
    locks = database.connect({ max: 1 });
  });
  after(() => database.drop());

  it('starts over after an error, leaves no listener, and ends when it is stopped', async () => {
    const signals: AbortSignal[] = [];
    const duty = supervise(
      locks,
      {
        name: 'trouble',
        lock: null,
        async run(signal) {
          signals.push(signal);
          signal.addEventListener('abort', () => undefined, { once: true });
          if (signals.length < 3) throw new Error('trouble');
          await pause(3_600_000, signal);
        },
      },
      silentLogger,
    );
    await until(
      'a third run',
      () => signals.length,
      (runs) => runs === 3,
    );
    for (const signal of signals) expect(getEventListeners(signal, 'abort').length).to.be.at.most(2);
    await duty.stop();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, false, true]);
  });
});
