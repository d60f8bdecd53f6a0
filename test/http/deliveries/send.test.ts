import { expect } from 'chai';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { ok, problem } from '../../support/http/api.ts';
import { seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../../support/mail/mail-server.ts';
import { customerBody, sellerBody } from '../../support/parties/party-bodies.ts';

describe('mailing an invoice over HTTP', () => {
  let server: MailServer;
  let test: TestLedger;
  let id: string;
  before(async () => {
    server = await startMailServer();
    const mail = createMailClient({ url: server.url, from: 'billing@seller.example' });
    test = await seededLedger({ outside: { mail, autoSend: true } });
    await subscribed(test, 'acme', 'shop');
    const { data } = await ok(test.api.post('invoices/rollup', { period: '2026-04' }));
    id = data.invoices[0].invoice_id;
  });
  after(async () => {
    await test.close();
    await server.close();
  });

  it('is a 409 while seller or profile are missing', async () => {
    await problem(test.api.post(`invoices/${id}/send`, {}), 409);
    await ok(test.api.put('seller', sellerBody));
    const { body } = await test.api.post(`invoices/${id}/send`, {});
    expect(body.type).to.equal('urn:arcadia-cloud:problem:no-profile');
    await ok(test.api.put('customers/acme', customerBody));
    await problem(test.api.post(`invoices/${id}/send`, { to: ['a@b.example\r\nBcc: c@d.example'] }), 422);
    await problem(test.api.post('invoices/none/send', {}), 404);
  });

  it('sends the PDF to the billing addresses, and lists every attempt', async () => {
    const { data } = await ok(test.api.post(`invoices/${id}/send`, {}));
    expect(data).to.include({ status: 'delivered', addresses: 2, accepted: 2, attempts: 1 });
    expect(JSON.stringify(data)).to.not.contain('acme.example');
    const [mail] = server.received;
    expect(mail?.recipients).to.deep.equal(customerBody.emails.billing);
    expect(mail?.messageId).to.equal(`<${data.delivery_id}@seller.example>`);
    expect(mail?.parsed.attachments[0]?.content.subarray(0, 5).toString()).to.equal('%PDF-');
    const listed = (await ok(test.api.get(`invoices/${id}/deliveries`))).data;
    expect(listed[0].recipients).to.deep.equal(customerBody.emails.billing);
    expect(listed[0].attempts[0].addresses[0]).to.include({ outcome: 'accepted', code: 250 });
  });

  it('is not done again by the job', async () => {
    const { data } = await ok(test.api.post('jobs/invoices.send/run', {}));
    expect(data.result).to.include({ attempted: 0 });
    expect(server.received).to.have.length(1);
  });

  it('is a 409 for a void invoice, and without a mail server', async () => {
    await ok(test.api.post(`invoices/${id}/void`, {}));
    await problem(test.api.post(`invoices/${id}/send`, {}), 409);
    const alone = await seededLedger();
    try {
      const { status, body } = await alone.api.post('invoices/none/send', {});
      expect([status, body.type]).to.deep.equal([409, 'urn:arcadia-cloud:problem:not-configured']);
    } finally {
      await alone.close();
    }
  });
});
