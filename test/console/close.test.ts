import { expect } from 'chai';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { createMailClient } from '../../src/mail/mail-client.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { formsOf, operatorAt, tableOf, type Browser, type ShownPage } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../support/mail/mail-server.ts';
import { customerBody, sellerBody } from '../support/parties/party-bodies.ts';

describe('the pages of the close', () => {
  let server: MailServer;
  let test: TestLedger;
  let browser: Browser;
  const data = async (path: string): Promise<Json> => (await ok(test.api.get(path))).data;
  before(async () => {
    server = await startMailServer();
    const mail = createMailClient({ url: server.url, from: 'billing@seller.example' });
    test = await seededLedger({ outside: { mail, autoSend: false } });
    for (const tenant of ['acme', 'globex']) await subscribed(test, tenant, 'site');
    await ok(test.api.put('customers/acme', customerBody));
    await test.settled();
    browser = await operatorAt(test.url);
  });
  after(async () => {
    await test.close();
    await server.close();
  });

  /** The page once its run has ended. */
  const settled = async (page: ShownPage, step: string): Promise<ShownPage> => {
    let shown = page;
    while (shown.root.querySelector(`#${step} progress`) !== null)
      shown = await browser.get(shown.url.replace(/#.*/, ''));
    return shown;
  };

  it('show the close list as the API has it, what blocks first, each item with its page', async () => {
    // The list says how many events are chained, which happens in the background.
    await completeChain(test.sql);
    const { items } = await data('invoices/close?period=2026-04');
    const page = await browser.get('/console/close?period=2026-04');
    const rows = tableOf(page, 'Close list of April 2026');
    expect(rows).to.have.length(items.length);
    const blocking = items.filter(({ status }: Json) => status === 'blocks');
    expect(blocking.length).to.be.above(0);
    expect(rows.slice(0, blocking.length).map((row) => row['State'])).to.deep.equal(
      blocking.map(() => 'blocks'),
    );
    for (const { detail, amount_cents, status } of items) {
      const row = rows.find((one) => one['Why'] === detail);
      expect(row, detail).not.to.equal(undefined);
      if (status !== 'ok')
        expect(row?.['Amount']).to.contain(amount_cents === null ? '–' : money(amount_cents));
    }
    for (const link of page.root.querySelectorAll('#list tbody a')) {
      const href = link.getAttribute('href') ?? '';
      expect(href, link.textContent).to.match(/^\/console\//);
      expect((await browser.get(href.replace(/#.*/, ''))).status, href).to.equal(200);
    }
  });

  it('preview the month line for line, with the totals of the API', async () => {
    const { data: invoices, summary } = await ok(test.api.get('invoices/preview?period=2026-04'));
    const page = await browser.get('/console/preview?period=2026-04&open=acme');
    // The lines of the tenant that is open stand in a table within.
    const rows = tableOf(page, 'What would be issued for April 2026').filter((row) => 'Total' in row);
    expect(rows.map((row) => [row['Tenant'], row['Total']])).to.deep.equal(
      invoices.map((row: Json) => [row.tenant_id, money(row.total_cents)]),
    );
    expect(page.text).to.contain(money(summary.total_cents));
    const lines = tableOf(page, 'Lines of acme');
    expect(lines.map((row) => [row['Line'], row['Amount']])).to.deep.equal(
      invoices[0].lines.map((line: Json) => [line.description, money(line.amount_cents)]),
    );
  });

  it('ask for the progress of a run alone while it goes on', async () => {
    const run = 'a7a1a2cf-6c9c-5b39-9d0e-3d6a52c9d111';
    await test.sql`
      insert into job_runs (id, job, input, actor, status, started_at, lease_until, done, total)
      values (${run}, 'invoices.rollup', '{}', 'op', 'running', now(), now() + interval '1 hour', 1, 4)`;
    for (const step of ['issuing', 'sending']) {
      const page = await browser.get(`/console/close?period=2026-04&${step}=${run}`);
      const asked = page.root.querySelectorAll('[hx-get]');
      expect(asked.map((part) => part.getAttribute('hx-get'))).to.deep.equal([`/console/jobs/runs/${run}`]);
      const select = asked[0]?.getAttribute('hx-select') ?? '';
      const part = (await browser.get(`/console/jobs/runs/${run}`)).root.querySelector(select);
      expect(part?.textContent).to.contain('Issuing the invoices').and.to.contain('1 of 4');
      expect(part?.getAttribute('hx-get')).to.equal(`/console/jobs/runs/${run}`);
    }
    // What is said once is not said to a part.
    const flash = test.sql.json({ tone: 'good', text: 'Said once.' });
    await test.sql`update console_sessions set flash = ${flash}`;
    const at = '/console/close?period=2026-04';
    await browser.get(`/console/jobs/runs/${run}`, { headers: { 'HX-Request': 'true' } });
    expect((await browser.get(at)).text).to.contain('Said once.');
    expect((await browser.get(at)).text).not.to.contain('Said once.');
    await test.sql`delete from job_runs where id = ${run}`;
  });

  it('refuse to issue what is blocked, but by force with a reason, which is typed once', async () => {
    const page = await browser.get('/console/close?period=2026-04');
    expect(formsOf(page, 'close-month')).to.have.length(0);
    const refused = await browser.submit(page, 'force-close', { reason: ' ' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('has to be filled in');
    const { summary } = await ok(test.api.get('invoices/preview?period=2026-04'));
    expect(formsOf(page, 'force-close')[0]?.structuredText.replaceAll(/\s+/g, ' ')).to.contain(
      `${summary.invoices} invoices of ${money(summary.total_cents)}`,
    );
    const forced = await browser.submit(page, 'force-close', { reason: 'looked at by hand' });
    expect(forced.text).to.contain('issuing its invoices has begun');
    const issued = await settled(forced, 'issue');
    expect(issued.status).to.equal(200);
    expect(issued.root.querySelector('#issue')?.textContent).to.match(/Issued\s*2 invoices/);
    expect(issued.text).not.to.contain('so far');
    const { closed } = await data('invoices/close?period=2026-04');
    expect(closed).to.include({ forced: true, reason: 'looked at by hand' });
    expect(issued.text).to.contain('looked at by hand');
    const { summary: sums } = await ok(test.api.get('invoices?period=2026-04&summary=true'));
    expect(sums.all.total_cents).to.equal(summary.total_cents);
    expect(issued.root.querySelector('#issue')?.textContent).to.contain(money(sums.all.total_cents));
  });

  it('send what was not sent, and name what could not be, with the reason', async () => {
    await ok(test.api.put('seller', sellerBody));
    const page = await browser.get('/console/close?period=2026-04');
    const sent = await settled(await browser.submit(page, 'send-month'), 'send');
    expect(server.received).to.have.length(1);
    const step = sent.root.querySelector('#send')?.structuredText ?? '';
    expect(step).to.contain('1 of 1 mails arrived');
    expect(step).to.contain('the customer has no profile');
    const { summary } = await ok(test.api.get('invoices?period=2026-04&summary=true'));
    expect(summary.mail.map(({ mail, invoices }: Json) => [mail, invoices])).to.deep.equal([
      ['delivered', 1],
      ['unsent', 1],
    ]);
  });

  it('refuse another month, and parameters that they do not know', async () => {
    expect((await browser.get('/console/close?period=2027-01')).status).to.equal(422);
    expect((await browser.get('/console/close?month=2026-04')).status).to.equal(422);
    expect((await browser.get('/console/preview?period=nonsense')).status).to.equal(422);
  });
});
