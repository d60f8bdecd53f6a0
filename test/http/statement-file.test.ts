import { expect } from 'chai';
import { renderer } from '../../src/documents/renderer.ts';
import { pdfText } from '../support/documents/pdf-text.ts';
import { ok, type Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const days = 'from=2026-05-01&to=2026-06-30';

describe('statements as files', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
  });
  after(async () => {
    await ledger.close();
    await renderer.close();
  });

  async function get(path: string, token = adminToken()) {
    await ledger.settled();
    const response = await fetch(new URL(`/api/v1/customers/${path}`, ledger.url), {
      headers: { authorization: `Bearer ${token}` },
    });
    const { status, headers } = response;
    return { status, headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }
  const textOf = async (path: string): Promise<string> => (await pdfText((await get(path)).bytes)).join('\n');
  const missing = async (path: string): Promise<string[]> => {
    const { status, bytes } = await get(path);
    expect(status).to.equal(409);
    return JSON.parse(bytes.toString('utf8')).errors.map((error: Json) => error.path);
  };
  const statement = async (query: string): Promise<Json> =>
    (await ok(ledger.api.get(`customers/acme/statement?${query}`))).data;
  const amount = (cents: number): string => {
    const digits = (Math.abs(cents) / 100).toFixed(2).replaceAll(/\B(?=(?:\d{3})+\.)/g, ',');
    return cents < 0 ? `-${digits}` : digits;
  };

  it('are refused with the fields that are missing, before seller and profile are set', async () => {
    expect(await missing(`acme/statement.pdf?${days}`)).to.include('seller.legal_name');
    await setSeller(ledger);
    expect(await missing(`acme/statement.pdf?${days}`)).to.include('customer.legal_name');
    await setCustomer(ledger, 'acme', { legal_name: 'Общество Pty Ltd' });
  });

  it('show opening, entries and closing of the statement', async () => {
    const paid = { tenant_id: 'acme', method: 'transfer', received_on: '2026-05-01' };
    await ok(ledger.api.post('payments', { ...paid, reference: 'r-1', amount_cents: 1_500 }), 201);
    await rollup(ledger);
    ledger.clock.set('2026-06-10T08:00:00.000Z');
    const large = { ...paid, reference: 'r-2', amount_cents: 123_456_700, received_on: '2026-06-02' };
    await ok(ledger.api.post('payments', large), 201);
    for (const query of [days, 'from=2026-05-01&to=2026-05-31', 'from=2026-05-02&to=2026-06-01']) {
      const { opening_cents, entries, closing_cents } = await statement(query);
      expect(entries).to.have.length.greaterThan(0);
      let text = await textOf(`acme/statement.pdf?${query}`);
      const whole = text;
      expect(whole).to.match(new RegExp(`Opening balance \\d+ May 2026 ${amount(opening_cents)} `));
      for (const { description, amount_cents, balance_cents } of entries) {
        expect(text).to.contain(description);
        const after = text.slice(text.indexOf(description) + description.length);
        expect(after.split(' ').slice(4, 6)).to.deep.equal([amount(amount_cents), amount(balance_cents)]);
        text = after;
      }
      const sign = closing_cents < 0 ? '-' : '';
      expect(whole).to.contain(`Balance AUD ${sign}$${amount(Math.abs(closing_cents))}`);
      expect(whole).to.contain('Общество').and.contain('Example Cloud Pty Ltd');
    }
  });

  it("are a PDF, the same bytes for the same account, and the tenant's own", async () => {
    const first = await get(`acme/statement.pdf?${days}`, tenantToken('acme'));
    expect(first.headers.get('content-type')).to.equal('application/pdf');
    expect(first.headers.get('content-disposition')).to.contain('statement-2026-05-01-2026-06-30.pdf');
    const again = await get(`acme/statement.pdf?${days}`);
    expect(again.bytes.equals(first.bytes)).to.equal(true);
    expect((await get(`acme/statement.pdf?${days}`, tenantToken('globex'))).status).to.equal(404);
    expect((await get(`nope/statement.pdf?${days}`)).status).to.equal(404);
  });

  it('refuse the days that the statement refuses, and take one day and all days', async () => {
    for (const query of [
      '',
      'from=2026-05-01',
      'from=2026-02-30&to=2026-03-01',
      'from=2026-05-02&to=2026-05-01',
    ])
      expect((await get(`acme/statement.pdf?${query}`)).status, query).to.equal(422);
    for (const query of ['from=2026-05-09&to=2026-05-09', 'from=2000-01-01&to=2100-12-31'])
      expect((await get(`acme/statement.pdf?${query}`)).status, query).to.equal(200);
  });

  it('go on after an erasure, without the personal data', async () => {
    await ok(ledger.api.post('customers/acme/erase', { confirm: 'acme' }));
    const text = await textOf(`acme/statement.pdf?${days}`);
    expect(text).to.contain('erased').and.contain('Opening balance').and.not.contain('Общество');
    expect(text).to.not.contain('Market Road');
  });
});
