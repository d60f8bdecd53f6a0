import { expect } from 'chai';
import { commands } from '../../../src/processes/commands.ts';
import { ok } from '../../support/http/api.ts';
import { seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { customerBody, sellerBody } from '../../support/parties/party-bodies.ts';

describe('documents of tenants in finance', () => {
  let test: TestLedger;
  let id: string;
  beforeEach(async () => {
    test = await seededLedger({ finance: true, outside: { financeAr: true } });
    await ok(test.api.put('seller', sellerBody));
    await ok(test.api.put('customers/acme', customerBody));
    await subscribed(test, 'acme', 'shop');
    const { data } = await ok(test.api.post('invoices/rollup', { period: '2026-04' }));
    id = data.invoices[0].invoice_id;
    // However often it is numbered, the invoice has its number once.
    const subjects = [{ id, prefix: 'SKY' }];
    await test.ledger.execute(commands.assignInvoiceNumbers, { year: 2026, subjects }, test.meta());
  });
  afterEach(() => test.close());

  const push = async () => {
    const { data } = await ok(test.api.post('jobs/finance.ar/run', {}));
    expect(data).to.include({ status: 'completed', error: null });
    return data.result;
  };
  const listed = async (query = '') => (await ok(test.api.get(`finance/ar${query}`))).data;

  it('arrive with customer, number, dates, lines and tax, and are compared', async () => {
    expect(await push()).to.include({ pushed: 1, compared: 1, different: 0, remaining: 0 });
    const { body } = test.finance.arDocuments.get(id) ?? expect.fail('nothing arrived');
    expect(body).to.deep.include({
      kind: 'invoice',
      status: 'issued',
      customer: { tenant_id: 'acme', legal_name: 'Acme Widgets Pty Ltd', tax_id: body.customer.tax_id },
      number: 'SKY-2026-000001',
      issued_on: '2026-05-09',
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'AUD',
      refers_to: null,
      amount_net_minor: 5000,
      amount_tax_minor: 500,
      amount_gross_minor: 5500,
    });
    expect(body.customer.tax_id?.replaceAll(' ', '')).to.equal('83914571673');
    expect(body.lines.map(({ amount_minor, is_tax }) => [amount_minor, is_tax])).to.deep.equal([
      [5000, false],
      [500, true],
    ]);
    expect(await listed()).to.have.length(1);
    expect((await listed('?status=same'))[0]).to.deep.include({ external_id: id, differences: [] });
  });

  it('are pushed once for each content', async () => {
    await push();
    const events = await test.eventCount();
    expect(await push()).to.include({ pushed: 0, compared: 0 });
    expect(await test.eventCount()).to.equal(events);
    await ok(test.api.post(`invoices/${id}/void`, { reason: 'typo' }));
    expect(await push()).to.include({ pushed: 1, different: 0 });
    expect(test.finance.arDocuments.get(id)?.body).to.deep.include({
      status: 'void',
      amount_gross_minor: 0,
      lines: [],
    });
    await ok(test.api.post('invoices/rollup', { period: '2026-04', tenant_id: 'acme', force: true }));
    await push();
    expect(test.finance.arDocuments.get(id)?.body).to.deep.include({
      status: 'issued',
      number: 'SKY-2026-000001-R1',
    });
  });

  it('are payments too, less their refunds, and nothing once they are reversed', async () => {
    const body = { tenant_id: 'acme', amount_cents: 2000, received_on: '2026-05-08', method: 'bank' };
    const { data } = await ok(
      test.api.post('payments', { ...body, reference: 'secret ref', invoice_id: id }),
      201,
    );
    expect(await push()).to.include({ pushed: 2, different: 0 });
    const payment = () => test.finance.arDocuments.get(data.id)?.body;
    expect(payment()).to.deep.include({
      kind: 'payment',
      status: 'received',
      number: null,
      refers_to: 'SKY-2026-000001',
      issued_on: '2026-05-08',
      amount_gross_minor: 2000,
      lines: [],
    });
    await ok(test.api.post(`payments/${data.id}/reverse`, { reason: 'returned' }));
    expect(await push()).to.include({ pushed: 1 });
    expect(payment()).to.include({ status: 'reversed', amount_gross_minor: 0 });
  });

  it('are listed where the copy of finance is another, without personal fields', async () => {
    test.finance.alterations.set(id, {
      amount_gross_minor: 5499,
      customer: { tenant_id: 'acme', legal_name: 'Acme Gadgets', tax_id: '1' },
    });
    expect(await push()).to.include({ pushed: 1, compared: 1, different: 1 });
    const [different] = await listed('?status=different');
    expect(different.differences).to.deep.equal([
      { field: 'customer.legal_name', ours: null, theirs: null },
      { field: 'customer.tax_id', ours: null, theirs: null },
      { field: 'amount_gross_minor', ours: 5500, theirs: 5499 },
    ]);
    const kept = JSON.stringify(await test.sql`select data from journal where type like 'ArDocument%'`);
    expect(kept).to.not.contain('Gadgets').and.to.not.contain('Widgets');
    test.finance.alterations.set(id, { currency: 'USD', amount_gross_minor: 1 });
    await ok(test.api.post(`invoices/${id}/void`, {}));
    await push();
    expect((await listed('?status=different'))[0].differences).to.deep.equal([
      { field: 'currency', ours: 'AUD', theirs: 'USD' },
    ]);
  });

  it('wait for a finance service that is down, and for one without copies', async () => {
    test.finance.fail('down');
    expect(await push()).to.deep.include({
      pushed: 0,
      failed: [{ external_id: id, reason: 'unavailable', status: 503 }],
    });
    test.finance.recover();
    test.finance.fail('reset_after_import', 1);
    expect(await push()).to.include({ pushed: 0 });
    test.finance.offerCopies(false);
    expect(await push()).to.include({ pushed: 1, compared: 0, read_back: false });
    expect(test.finance.arDocuments.get(id)?.imports).to.equal(2);
    expect((await listed('?status=unread'))[0]).to.include({ external_id: id, compared_at: null });
    test.finance.offerCopies(true);
    expect(await push()).to.include({ pushed: 0, compared: 1, different: 0 });
  });

  it('are a clear failure where finance is not configured', async () => {
    const alone = await seededLedger();
    try {
      const { data } = await ok(alone.api.post('jobs/finance.ar/run', {}));
      expect(data.status).to.equal('failed');
      expect(data.error).to.contain('not-configured').and.to.contain('SKYAI_FINANCE_AR');
    } finally {
      await alone.close();
    }
  });
});
