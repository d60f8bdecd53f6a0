import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { settleAll } from '../../../src/processes/documents/settler.ts';
import { startChild } from '../../support/cli/child.ts';
import { rollup, seededLedger } from '../../support/http/invoices-month.ts';
import { setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { expectNumbered, firstIssues, subscribedTenants } from '../../support/processes/issued-numbers.ts';

const tenants = 40;

describe('numbers behind processes that are killed', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ postgresLog: true });
    await subscribedTenants(ledger, tenants);
    await setSeller(ledger);
  });
  after(() => ledger.close());

  const killed = async (issued: number, wait: number): Promise<void> => {
    const child = startChild('test/support/processes/roll-up-child.ts', [], {
      TARGET: JSON.stringify(ledger.target),
      NOW: ledger.clock.now(),
    });
    await child.says(new RegExp(`issued ${issued}\\n|done`));
    await sleep(wait);
    child.kill('SIGKILL');
    await child.ended;
  };

  it('have neither gap nor double after two kills between issue and number', async () => {
    await killed(1, 0);
    const first = (await firstIssues(ledger)).length;
    expect(first).to.be.greaterThan(0);
    await killed(Math.max(1, Math.floor((tenants - first) / 2)), 5);
    await settleAll(ledger.processDeps);
    await expectNumbered(ledger);
    await rollup(ledger);
    await expectNumbered(ledger);
    expect((await firstIssues(ledger)).length).to.equal(tenants);
  });
});
