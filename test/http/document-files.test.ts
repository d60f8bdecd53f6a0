import { expect } from 'chai';
import { documentId } from '../../commands/documents/document.ts';
import { sha256Of } from '../../src/processes/documents/document-store.ts';
import { renderer } from '../../src/documents/renderer.ts';
import { pdfText } from '../support/documents/pdf-text.ts';
import { brokenRules, parse, texts } from '../support/documents/pint-rules.ts';
import { ok, type Json } from '../support/http/api.ts';
import { meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('documents as files', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
  });
  after(async () => {
    await ledger.close();
    await renderer.close();
  });

  interface Fetched {
    status: number;
    headers: Headers;
    bytes: Buffer;
  }
  async function get(path: string, token = adminToken(), method = 'GET'): Promise<Fetched> {
    await ledger.settled();
    const response = await fetch(new URL(`/api/v1/${path}`, ledger.url), {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  }
  const problemOf = ({ bytes }: Fetched): Json => JSON.parse(bytes.toString('utf8'));
  const textOf = async ({ bytes }: Fetched): Promise<string> => (await pdfText(bytes)).join('\n');
  const renderings = async () =>
    ledger.sql<{ stream: string; data: { form: string; sha256: string; bytes: number } }[]>`
      select stream, data from journal where type = 'DocumentRendered' order by position`;

  let invoice: string;
  it('are refused with the fields that are missing, before seller and profile are set', async () => {
    const shop = await subscribed(ledger, 'acme', 'shop', { addons: ['storage_50gb'] });
    await meter(ledger, 'acme', shop, '2026-04-10', [{ resource_kind: 'droplet_hours', qty: '2160' }]);
    invoice = (await rollup(ledger)).invoices[0].invoice_id;
    const seller = await get(`invoices/${invoice}.pdf`);
    expect(seller.status).to.equal(409);
    expect(problemOf(seller).errors.map((error: Json) => error.path)).to.include('seller.legal_name');
    await setSeller(ledger);
    const profile = await get(`invoices/${invoice}.ubl.xml`);
    expect(profile.status).to.equal(409);
    expect(problemOf(profile).errors.map((error: Json) => error.path)).to.include('customer.legal_name');
    expect(await renderings()).to.deep.equal([]);
  });

  it('are an invoice with its number, whose hash is in the journal', async () => {
    await setCustomer(ledger, 'acme', { legal_name: 'Общество 北京 شركة 🚀', tax_id: '53 004 085 616' });
    const answer = await get(`invoices/${invoice}.pdf`, tenantToken('acme'));
    expect(answer.status, answer.bytes.toString('latin1').slice(0, 300)).to.equal(200);
    expect(answer.headers.get('content-type')).to.equal('application/pdf');
    expect(answer.headers.get('content-disposition')).to.contain('filename="EX-2026-000001.pdf"');
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    expect(answer.headers.get('content-length')).to.equal(String(answer.bytes.length));
    expect(await textOf(answer))
      .to.contain('Tax invoice')
      .and.contain('EX-2026-000001')
      .and.contain('Общество')
      .and.contain('$70.64');
    const key = { kind: 'invoice', subject_id: invoice, issue_no: 1 } as const;
    const [rendered] = await renderings();
    expect(rendered?.stream).to.equal(`document-${documentId(key)}`);
    expect(rendered?.data).to.include({
      form: 'pdf',
      sha256: sha256Of(answer.bytes),
      bytes: answer.bytes.length,
    });
  });

  it('are the same bytes ever after, whatever changes, and are rendered once by many at once', async () => {
    const first = await get(`invoices/${invoice}.pdf`);
    await setSeller(ledger, { legal_name: 'Another Name Pty Ltd' });
    await setCustomer(ledger, 'acme', { legal_name: 'Renamed Pty Ltd' });
    const again = await get(`invoices/${invoice}.pdf`);
    expect(again.bytes.equals(first.bytes)).to.equal(true);
    const xml = await Promise.all([1, 2, 3, 4].map(() => get(`invoices/${invoice}.ubl.xml`)));
    expect(new Set(xml.map(({ bytes }) => sha256Of(bytes))).size).to.equal(1);
    expect((await renderings()).map(({ data }) => data.form)).to.deep.equal(['pdf', 'ubl']);
  });

  it('are UBL with the amounts of the invoice', async () => {
    const answer = await get(`invoices/${invoice}.ubl.xml`, tenantToken('acme'));
    expect(answer.headers.get('content-type')).to.equal('application/xml; charset=utf-8');
    expect(answer.headers.get('content-disposition')).to.contain('EX-2026-000001.ubl.xml');
    const xml = answer.bytes.toString('utf8');
    expect(brokenRules(xml)).to.deep.equal([]);
    expect(texts(parse(xml).root, 'cac:LegalMonetaryTotal/cbc:PayableAmount')).to.deep.equal(['70.64']);
  });

  it('are a receipt, as the payment was when it was received', async () => {
    const { data } = await ok(
      ledger.api.post('payments', {
        tenant_id: 'acme',
        amount_cents: 10_000,
        received_on: '2026-05-08',
        method: 'bank_transfer',
        reference: 'REF-1 Платёж',
      }),
      201,
    );
    const answer = await get(`payments/${data.id}.pdf`, tenantToken('acme'));
    expect(answer.status, answer.bytes.toString('latin1').slice(0, 300)).to.equal(200);
    expect(await textOf(answer))
      .to.contain('Receipt')
      .and.contain('REF-1 Платёж')
      .and.contain('EX-2026-000001 70.64')
      .and.contain('Kept as your balance 29.36');
    await ok(ledger.api.post(`payments/${data.id}/reverse`, { reason: 'returned' }));
    expect((await get(`payments/${data.id}.pdf`)).bytes.equals(answer.bytes)).to.equal(true);
    expect((await get(`payments/${data.id}.pdf`, tenantToken('globex'))).status).to.equal(404);
  });

  it('are a statement of a tenant, to itself and to admins', async () => {
    const path = 'customers/acme/statement.pdf?from=2026-05-01&to=2026-05-31';
    const answer = await get(path, tenantToken('acme'));
    expect(answer.status, answer.bytes.toString('latin1').slice(0, 300)).to.equal(200);
    expect(answer.headers.get('content-disposition')).to.contain('statement-2026-05-01-2026-05-31.pdf');
    expect(await textOf(answer))
      .to.contain('Statement')
      .and.contain('EX-2026-000001')
      .and.contain('$70.64');
    expect((await get(path, tenantToken('globex'))).status).to.equal(404);
    expect((await get('customers/none/statement.pdf?from=2026-05-01&to=2026-05-31')).status).to.equal(404);
    expect((await get('customers/acme/statement.pdf?from=2026-05-02&to=2026-05-01')).status).to.equal(422);
    expect((await get('customers/acme/statement.pdf')).status).to.equal(422);
  });

  it('are hidden from other tenants, and absent where there is nothing', async () => {
    for (const ending of ['pdf', 'ubl.xml']) {
      expect((await get(`invoices/${invoice}.${ending}`, tenantToken('globex'))).status).to.equal(404);
      expect((await get(`invoices/none.${ending}`)).status).to.equal(404);
      expect((await get(`corrections/none.${ending}`)).status).to.equal(404);
    }
    expect((await get('payments/none.pdf')).status).to.equal(404);
    expect((await get(`invoices/${invoice}.pdf?issue_no=2`)).status).to.equal(404);
    expect((await get(`invoices/${invoice}.pdf?issue_no=0`)).status).to.equal(422);
    expect((await get(`invoices/${invoice}.pdf?issue_no=1`)).status).to.equal(200);
    expect((await get(`invoices/${invoice}`)).headers.get('content-type')).to.contain('json');
  });

  it('answer HEAD without the bytes', async () => {
    const head = await get(`invoices/${invoice}.pdf`, adminToken(), 'HEAD');
    expect(head.status).to.equal(200);
    expect(head.bytes).to.have.length(0);
    expect(Number(head.headers.get('content-length'))).to.be.greaterThan(5000);
  });

  it('fail when the stored bytes were altered', async () => {
    await ledger.sql`update documents set content = 'other' where form = 'pdf'`;
    expect((await get(`invoices/${invoice}.pdf`)).status).to.equal(500);
  });
});
