import { expect } from 'chai';
import { ok, type Json } from '../../support/http/api.ts';
import { invoiceOf, rollup, seededLedger } from '../../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { until } from '../../support/runtime/until.ts';
import { expectNumbered, subscribedTenants } from '../../support/processes/issued-numbers.ts';

describe('the settler', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ settles: true });
    await subscribedTenants(ledger, 3);
  });
  after(() => ledger.close());

  const numbers = async (): Promise<(string | null)[]> =>
    (await ok(ledger.api.get('invoices'))).data.map((one: Json) => one.number);

  it('adds nothing while there is no seller', async () => {
    await rollup(ledger);
    const events = await ledger.eventCount();
    await new Promise((resolve) => {
      setTimeout(resolve, 2_500);
    });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('numbers what waited for a seller, beside a second one, and freezes with a profile', async () => {
    const beside = await ledger.openBeside({ settles: true });
    try {
      await setSeller(ledger);
      await until('every number', async () => (await numbers()).every((number) => number !== null));
      await expectNumbered(ledger);
      await setCustomer(ledger, 't-1');
      const { data } = await ok(ledger.api.get('invoices'));
      const { id } = data.find((one: Json) => one.tenant_id === 't-1');
      await until('the document', async () => (await invoiceOf(ledger, id)).documents.length === 1);
    } finally {
      await beside.close();
    }
  });
});
