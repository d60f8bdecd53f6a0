import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { createMailClient } from '../../src/mail/mail-client.ts';
import { money } from '../../src/pricing/amount-text.ts';
import {
  formsOf,
  operatorAt,
  tableOf,
  tenantAt,
  type Browser,
  type ShownPage,
} from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { explanationOf } from '../support/http/invoice-explain.ts';
import {
  charge,
  invoiceOf,
  meterMonth,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { startMailServer } from '../support/mail/mail-server.ts';
import { customerBody, sellerBody } from '../support/parties/party-bodies.ts';

const id = invoiceId('acme', '2026-04-01');
const at = `/console/invoices/${id}`;

const textOf = (page: ShownPage, selector: string): string =>
  (page.root.querySelector(selector)?.structuredText ?? '').replaceAll(/\s+/g, ' ').trim();

/** What a page says an action does: name of the figure, now, then. */
const standing = (page: ShownPage): Record<string, string[]> =>
  Object.fromEntries(
    page.root
      .querySelectorAll('.standing tbody tr')
      .map((row) => row.querySelectorAll('th, td').map((cell) => cell.textContent.trim()))
      .map(([name = '', ...cells]) => [name, cells]),
  );

describe('the page of an invoice', () => {
  let ledger: TestLedger;
  let site: string;
  let operator: Browser;
  before(async () => {
    ledger = await seededLedger();
    await ok(ledger.api.put('seller', sellerBody));
    await ok(ledger.api.put('customers/acme', customerBody));
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    const droplets = [1, 2, 3].map((n) => ({
      resource_id: `droplet-${n}`,
      resource_kind: 'droplet_hours',
      qty: '24',
    }));
    await meterMonth(ledger, 'acme', site, '2026-04-01', droplets);
    await charge(ledger, 'acme', site, 'request-1', '12.5', '2026-04-03T10:00:00.000Z');
    await ledger.settled();
    await rollup(ledger);
    operator = await operatorAt(ledger.url);
  });
  after(() => ledger.close());

  it('shows number, customer, status, figures and lines by deployment, as the API has them', async () => {
    const page = await operator.get(at);
    expect(page.status).to.equal(200);
    const invoice = await invoiceOf(ledger, id);
    expect(textOf(page, 'h1')).to.equal(invoice.number);
    expect(textOf(page, '.page-head')).to.contain('issued').and.to.contain(customerBody.legal_name);
    expect(page.root.querySelector('.lead a')?.getAttribute('href')).to.equal('/console/customers/acme');
    expect(textOf(page, '.figures'))
      .to.contain(money(invoice.total_cents))
      .and.to.contain(`due ${invoice.due_on}`);
    const rows = tableOf(page, 'Lines of the invoice, AUD');
    expect(rows.filter(({ Amount }) => Amount !== undefined)).to.deep.equal(
      invoice.lines.map((line: Json) => ({
        No: String(line.line_no),
        What: line.description.replace('droplet_hours', 'droplet hours'),
        Quantity: line.kind === 'tax' ? '' : `${Number(line.qty).toLocaleString('en')} ${line.unit}`,
        Price: line.kind === 'tax' ? '' : money(line.unit_price_cents),
        Amount: money(line.amount_cents),
      })),
    );
    const heads = page.root.querySelectorAll('.row-group').map((row) => row.textContent);
    expect(heads).to.have.length(2);
    expect(heads[0]).to.contain('site').and.to.contain(money(invoice.deployments[0].amount_cents));
    expect(page.text).to.contain('Issued: ');
  });

  it('opens each line in place to its steps, terms, usage and events', async () => {
    const { lines } = await invoiceOf(ledger, id);
    for (const { line_no, kind } of lines) {
      const page = await operator.get(`${at}?line=${line_no}`);
      const detail = `#line-${line_no}-detail`;
      const [explained] = (await explanationOf(ledger, id, { query: `?line=${line_no}` })).lines;
      expect(textOf(page, detail), kind).to.contain('computed again: the same');
      const steps = tableOf(page, 'Step by step');
      expect(steps, kind).to.have.length(explained.steps.length);
      expect(steps.at(-1)?.['Result']).to.contain(money(explained.amount_cents));
      if (kind === 'llm_usage') continue;
      const [term] = tableOf(page, 'Terms, and who set them when');
      expect(term?.['Set by'], kind).to.contain('admin-1: ');
      expect(term?.['Event'], kind).to.match(/^#\d+$/);
    }
    const page = await operator.get(`${at}?line=3`);
    expect(textOf(page, '.why-answer')).to.match(
      /^2,160 droplet hours used, 1,488 allowed: 672 above it, at 0.01 per hour/,
    );
    expect(tableOf(page, 'Droplet hours used up to each day')).to.have.length(30);
    expect(textOf(page, '#line-3-detail')).to.contain('From 2026-04-21 on more was used');
    expect(tableOf(page, 'Resources behind it').map(({ Used }) => Used)).to.deep.equal(['720', '720', '720']);
    expect(tableOf(page, 'Records of usage')).to.have.length(50);
    const next = page.root.querySelector('.why .pager a[rel=next]')?.getAttribute('href') ?? '';
    const more = await operator.get(next.replaceAll('&amp;', '&'));
    expect(tableOf(more, 'Records of usage')).to.have.length(40);
    const link = page.root.querySelector('#line-1');
    expect(link?.getAttribute('href')).to.equal(`${at}?line=1#line-1`);
    expect(link?.getAttribute('hx-target')).to.equal('#lines');
  });

  it('refuses lines and parameters that are not there, and readers whose page it is not', async () => {
    expect((await operator.get(`${at}?line=99`)).status).to.equal(404);
    expect((await operator.get(`${at}?line=x`)).status).to.equal(422);
    expect((await operator.get(`${at}?what=1`)).status).to.equal(422);
    expect((await operator.get('/console/invoices/none')).status).to.equal(404);
    expect((await (await tenantAt(ledger.url, 'acme')).get(at)).status).to.equal(403);
  });

  it('gives its documents', async () => {
    const pdf = await operator.file(`/console/files/invoices/${id}.pdf`);
    expect([pdf.status, pdf.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
    const ubl = await operator.file(`/console/files/invoices/${id}.ubl.xml`);
    expect(ubl.headers.get('content-type')).to.contain('application/xml');
    const own = await (await tenantAt(ledger.url, 'acme')).file(`/console/files/invoices/${id}.pdf`);
    expect(own.status).to.equal(200);
    const other = await (await tenantAt(ledger.url, 'globex')).file(`/console/files/invoices/${id}.pdf`);
    expect(other.status).to.equal(404);
  });

  it('says what a payment will do, records it, and shows it', async () => {
    const asked = await operator.get(`${at}?act=payment&amount=10.00`);
    expect(standing(asked)['Open on the invoice']).to.deep.equal(['70.79', '60.79', '−10.00']);
    const typed = { received_on: '2026-05-02', method: 'bank', reference: 'r-1' };
    const wrong = await operator.submit(asked, 'record-invoice-payment', { ...typed, reference: ' ' });
    expect(wrong.status).to.equal(422);
    expect(formsOf(wrong, 'record-invoice-payment')).to.have.length(1);
    expect(textOf(wrong, '.field-error')).not.to.equal('');
    const paid = await operator.submit(wrong, 'record-invoice-payment', typed);
    expect(paid.text).to.contain('A payment of 10.00 is recorded.');
    expect(textOf(paid, '.page-head')).to.contain('partly paid');
    expect(tableOf(paid, 'Payments on the invoice')[0]).to.deep.include({ Method: 'bank', Amount: '10.00' });
    expect(textOf(paid, '#actions')).to.contain('Void: the invoice has payments or credits');
  });

  it('says what a credit will do with its tax, gives it, and shows the note', async () => {
    const above = await operator.get(`${at}?act=credit&amount=1000`);
    expect(textOf(above, '#actions')).to.contain('at most 64.35 before tax is left');
    expect(formsOf(above, 'credit-invoice')).to.have.length(0);
    const asked = await operator.get(`${at}?act=credit&amount=5`);
    expect(textOf(asked, '.consequences')).to.contain('−5.50 is issued: −5.00 and −0.50 of tax');
    const given = await operator.submit(asked, 'credit-invoice', {
      description: 'Sorry',
      reason: 'an outage',
    });
    expect(given.text).to.contain('A credit note of −5.50 is issued.');
    expect(tableOf(given, 'Credit and debit notes')[0]).to.deep.include({
      Number: 'SKY-CN-2026-000001',
      Total: '−5.50',
    });
    expect(given.text).to.contain('Credit note of −5.50 (goodwill): an outage');
  });

  it('pays what is open, corrects, and says then what no longer can be done', async () => {
    const asked = await operator.get(`${at}?act=pay`);
    expect(standing(asked)['State']).to.deep.include.members(['partly paid', 'paid']);
    const paid = await operator.submit(asked, 'pay-invoice');
    expect(textOf(paid, '.page-head')).to.contain('paid');
    expect(textOf(paid, '#actions')).to.contain('Mark as paid: nothing of the invoice is open');
    const correct = await operator.get(`${at}?act=correct`);
    expect(textOf(correct, '.consequences')).to.contain('no note is issued');
    const corrected = await operator.submit(correct, 'correct-invoice', { reason: 'to be sure' });
    expect(corrected.text).to.contain('There was nothing to correct.');
    const invoice = await invoiceOf(ledger, id);
    expect(invoice).to.include({ status: 'paid', open_cents: 0 });
  });

  it('shows the past, and does nothing to it', async () => {
    const day = (await invoiceOf(ledger, id)).issued_at.slice(0, 10);
    const page = await operator.get(`${at}?as_of=${day}&known_at=${day}`);
    expect(page.status).to.equal(200);
    expect(page.text).to.contain('The past is shown').and.to.contain('listed as they are now');
    expect(page.root.querySelector('#actions')).to.equal(null);
    expect((await operator.get(`${at}?as_of=2020-01-01`)).status).to.equal(404);
  });
});

describe('the page of an invoice that is voided', () => {
  it('says what a void means, voids it with its reason, and issues it anew', async () => {
    const ledger = await seededLedger();
    try {
      await subscribed(ledger, 'acme', 'site');
      await ledger.settled();
      await rollup(ledger);
      const operator = await operatorAt(ledger.url);
      const asked = await operator.get(`${at}?act=void`);
      expect(textOf(asked, '.consequences')).to.contain('55.00 are no longer owed');
      expect(standing(asked)['Open on the invoice']).to.deep.equal(['55.00', '0.00', '−55.00']);
      const missing = await operator.submit(asked, 'void-invoice', { reason: ' ' });
      expect([missing.status, missing.text]).to.satisfy(
        ([status, text]: [number, string]) =>
          status === 422 && text.includes('Reason: has to be filled in') && !text.includes('is void'),
      );
      const voided = await operator.submit(missing, 'void-invoice', { reason: 'wrong plan' });
      expect(textOf(voided, '.page-head')).to.contain('void');
      expect(voided.text).to.contain('wrong plan');
      expect(textOf(voided, '.refused')).to.contain('Mark as paid: the invoice is void');
      const anew = await operator.get(`${at}?act=reissue`);
      expect(standing(anew)['Open on the invoice']?.slice(0, 2)).to.deep.equal(['0.00', '55.00']);
      const issued = await operator.submit(anew, 'reissue-invoice');
      expect(textOf(issued, '.page-head')).to.contain('issue 2');
      expect(tableOf(issued, 'Issues of the invoice')).to.have.length(2);
      expect(issued.text).to.contain('issued anew: it comes to 55.00.');
      expect(formsOf(issued, 'reissue-invoice'), 'what was done is not offered again').to.have.length(0);
      const same = await operator.submit(await operator.get(`${at}?act=reissue`), 'reissue-invoice');
      expect(same.text).to.contain('the invoice stays as it is');
      const credit = await operator.get(`${at}?act=credit&amount=5.00`);
      const nameless = await operator.submit(credit, 'credit-invoice', { reason: 'an outage' });
      expect(nameless.status).to.equal(422);
      expect(nameless.text).to.contain('What for: has to be filled in').and.not.to.contain('lines.0');
    } finally {
      await ledger.close();
    }
  });

  it('sends its mail, and shows how each address took it', async () => {
    const server = await startMailServer();
    const mail = createMailClient({ url: server.url, from: 'billing@seller.example' });
    const ledger = await seededLedger({ outside: { mail } });
    try {
      await ok(ledger.api.put('seller', sellerBody));
      await ok(ledger.api.put('customers/acme', customerBody));
      await subscribed(ledger, 'acme', 'site');
      await ledger.settled();
      await rollup(ledger);
      const operator = await operatorAt(ledger.url);
      const asked = await operator.get(`${at}?act=send`);
      expect(textOf(asked, '.consequences')).to.contain('goes to 2 billing addresses');
      const sent = await operator.submit(asked, 'send-invoice');
      expect(sent.text).to.contain('The mail is delivered: 2 of 2 addresses took it.');
      expect(server.received).to.have.length(1);
      expect(tableOf(sent, 'Mailings of the invoice')[0]).to.include({
        To: customerBody.emails.billing.join(', '),
        Outcome: 'sent',
        Taken: '2 of 2',
      });
      expect(sent.text).to.contain('Send it again…').and.to.contain('Mail asked for, to 2 addresses');
      const wrong = await operator.submit(asked, 'send-invoice', { to: 'no address' });
      expect(wrong.status).to.equal(422);
      expect(server.received).to.have.length(1);
    } finally {
      await ledger.close();
      await server.close();
    }
  });

  it('stays usable with many lines: a page of them at a time', async () => {
    const ledger = await seededLedger();
    try {
      const site = await subscribed(ledger, 'acme', 'site');
      for (let n = 0; n < 130; n += 1)
        await ok(
          ledger.api.post(`deployments/${site}/charges`, {
            ...{ description: `Charge ${n}`, amount_cents: 100, day: '2026-04-10' },
          }),
          201,
        );
      await ledger.settled();
      await rollup(ledger);
      const operator = await operatorAt(ledger.url);
      const first = await operator.get(at);
      const linesOf = (page: ShownPage) => page.root.querySelectorAll('.line-link').length;
      expect(linesOf(first)).to.equal(100);
      const next = first.root.querySelector('#lines .pager a[rel=next]')?.getAttribute('href') ?? '';
      expect(linesOf(await operator.get(next))).to.equal(32);
      const opened = await operator.get(`${at}?line=120`);
      expect(linesOf(opened), 'the page of the open line').to.equal(32);
      expect(opened.root.querySelector('#line-120-detail')).not.to.equal(null);
    } finally {
      await ledger.close();
    }
  });
});
