import { expect } from 'chai';
import { freezeDocument } from '../../../src/processes/documents/freeze-document.ts';
import { ok } from '../../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../../support/http/parties.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';

describe('what a document shows as paid', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await seededLedger();
    await setSeller(ledger);
    await subscribed(ledger, 'acme', 'site');
  });
  afterEach(() => ledger.close());

  const pay = (amount_cents: number, reference: string) =>
    ok(
      ledger.api.post('payments', {
        tenant_id: 'acme',
        amount_cents,
        received_on: ledger.clock.now().slice(0, 10),
        method: 'bank',
        reference,
      }),
      201,
    );
  const issue = async (): Promise<string> => (await rollup(ledger)).invoices[0].invoice_id;
  const figures = async (id: string) => {
    const key = { kind: 'invoice' as const, subject_id: id, issue_no: 1 };
    const { view } = await freezeDocument(ledger.processDeps, key, () => ledger.meta());
    if (view.kind === 'receipt') throw new Error('it is an invoice');
    return [view.total_cents, view.paid_cents, view.due_cents];
  };

  it('is what the balance pays at the issue, at once and in a later freezing alike', async () => {
    await pay(2000, 'early');
    const id = await issue();
    // Without a profile it is frozen later; what is paid in between does not count.
    await pay(500, 'late');
    await setCustomer(ledger, 'acme');
    expect(await figures(id)).to.deep.equal([5500, 2000, 3500]);
  });

  it('is nothing without a balance, whatever is paid later on the same day', async () => {
    const id = await issue();
    await pay(5500, 'late');
    await setCustomer(ledger, 'acme');
    expect(await figures(id)).to.deep.equal([5500, 0, 5500]);
  });

  it('is at most the total', async () => {
    await pay(9000, 'early');
    await setCustomer(ledger, 'acme');
    expect(await figures(await issue())).to.deep.equal([5500, 5500, 0]);
  });
});
