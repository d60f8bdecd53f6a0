import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { renderer } from '../../src/documents/renderer.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { charge, invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';
import { pdfText } from '../support/documents/pdf-text.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('corrections of a paid invoice', () => {
  let ledger: TestLedger;
  let site: string;
  const id = invoiceId('acme', '2026-04-01');
  const notes: Json[] = [];
  const correct = async (status = 201): Promise<Json> =>
    ok(ledger.api.post(`invoices/${id}/correct`, { reason: 'late usage' }), status);
  const late = async (request: string, cents: string): Promise<void> => {
    await charge(ledger, 'acme', site, request, cents, '2026-04-02T10:00:00.000Z');
    await ledger.settled();
  };
  const file = async (path: string, token = adminToken()) => {
    const response = await fetch(new URL(`/api/v1/corrections/${path}`, ledger.url), {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  before(async () => {
    ledger = await seededLedger();
    await setSeller(ledger);
    site = await subscribed(ledger, 'acme', 'site');
    await setCustomer(ledger, 'acme');
    await rollup(ledger);
    await ok(ledger.api.post(`invoices/${id}/pay`));
  });
  after(async () => {
    await ledger.close();
    await renderer.close();
  });

  it('open it again by a debit note, which is due by its own day', async () => {
    await late('late-1', '200');
    ledger.clock.set('2026-06-20T09:00:00.000Z');
    const { data } = await correct();
    notes.push(data);
    expect(data).to.include({ kind: 'debit_note', total_cents: 220, due_on: '2026-07-04' });
    expect(await invoiceOf(ledger, id)).to.include({
      status: 'partially_paid',
      paid_cents: 5500,
      open_cents: 220,
      overdue: false,
    });
    ledger.clock.set('2026-07-05T09:00:00.000Z');
    expect(await invoiceOf(ledger, id)).to.include({ overdue: true });
    expect((await correct(200)).status).to.equal('unchanged');
  });

  it('close it by a credit note, and leave what is over to the balance', async () => {
    const lines = [{ description: 'Outage', amount_cents: 1000 }];
    const { data } = await ok(ledger.api.post(`invoices/${id}/credit`, { lines, reason: 'sorry' }), 201);
    notes.push(data);
    expect(data).to.include({ kind: 'credit_note', purpose: 'goodwill', total_cents: -1100 });
    expect(await invoiceOf(ledger, id)).to.include({ status: 'paid', open_cents: 0, overdue: false });
    await ok(ledger.api.post('integrations/llm-usage/late-1/void', { reason: 'wrong' }));
    const corrected = await correct();
    notes.push(corrected.data);
    expect(corrected.data).to.include({ kind: 'credit_note', purpose: 'correction', total_cents: -220 });
  });

  it('pay the next issue from that balance', async () => {
    const { invoices } = await rollup(ledger, { period: '2026-05' });
    const may = await invoiceOf(ledger, invoices[0].invoice_id);
    // 55.00 and 2.20 were owed, 55.00 paid, 11.00 and 2.20 credited: 11.00 is over.
    expect(may).to.include({ total_cents: 5500, open_cents: 4400, status: 'partially_paid' });
  });

  it('are shown to their tenant as PDF and XML with the amounts of the note', async () => {
    for (const { id: note, total_cents, kind } of notes) {
      const amount = (Math.abs(total_cents) / 100).toFixed(2);
      const pdf = await file(`${note}.pdf`, tenantToken('acme'));
      expect(pdf.status, kind).to.equal(200);
      expect((await pdfText(pdf.bytes)).join('\n')).to.contain(amount);
      const xml = await file(`${note}.ubl.xml`, tenantToken('acme'));
      expect(xml.status, kind).to.equal(200);
      expect(new TextDecoder().decode(xml.bytes)).to.contain(`>${amount}<`);
      expect((await file(`${note}.pdf`, tenantToken('globex'))).status).to.equal(404);
    }
  });

  it('give goodwill once under an Idempotency-Key, also after the answer was lost', async () => {
    const lines = [{ description: 'Once', amount_cents: 10 }];
    const headers = { 'Idempotency-Key': 'goodwill-once' };
    const send = () => ok(ledger.api.post(`invoices/${id}/credit`, { lines, reason: 'r' }, { headers }), 201);
    const first = await send();
    const events = await ledger.eventCount();
    expect(await send()).to.deep.equal(first);
    await ledger.sql`delete from idempotency_keys`;
    expect((await send()).data.id).to.equal(first.data.id);
    expect(await ledger.eventCount()).to.equal(events);
    await problem(ledger.api.post(`invoices/unknown/credit`, { lines, reason: 'r' }), 404);
  });
});
