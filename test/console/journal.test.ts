import { expect } from 'chai';
import { planStream } from '../../commands/catalog/plan.ts';
import { customerStream } from '../../commands/parties/customer.ts';
import { operatorAt, tableOf, tenantAt, type Browser } from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { customerBody, sellerBody } from '../support/parties/party-bodies.ts';

describe('the journal and the search in the console', () => {
  let test: TestLedger;
  let browser: Browser;
  before(async () => {
    test = await seededLedger();
    await ok(test.api.put('seller', sellerBody));
    await ok(test.api.put('customers/acme', customerBody));
    await subscribed(test, 'acme', 'site');
    await subscribed(test, 'globex', 'shop');
    await rollup(test);
    await test.settled();
    browser = await operatorAt(test.url);
  });
  after(() => test.close());

  it('shows the newest events first, page by page, under the filters of the address', async () => {
    const page = await browser.get('/console/journal');
    const { data } = await ok(test.api.get('events?order=newest'));
    const shown = tableOf(page, 'Events').map((row) => row['Position']);
    expect(shown).to.deep.equal(data.map((row: Json) => `#${row.position.toLocaleString('en')}`));
    const first = await browser.get('/console/journal?limit=3');
    const next = first.root.querySelector('a[rel=next]')?.getAttribute('href') ?? '';
    const second = await browser.get(next.replaceAll('&amp;', '&'));
    expect(tableOf(second, 'Events').map((row) => row['Position'])).to.deep.equal(shown.slice(3, 6));
    const plans = await browser.get('/console/journal?type=PlanCreated&order=oldest');
    expect(tableOf(plans, 'Events').map((row) => row['Type'])).to.include('PlanCreated');
    const timed = await browser.get('/console/journal?recorded_from=2026-05-09T15:05');
    expect(tableOf(timed, 'Events').length).to.be.above(0);
    const none = await browser.get('/console/journal?stream=no-such');
    expect(none.text).to.contain('No event has stream no-such.');
  });

  it('proposes types for a mistyped one', async () => {
    const page = await browser.get('/console/journal?type=InvoiceIsued');
    expect(page.status).to.equal(200);
    expect(page.html).to.contain('type=InvoiceIssued');
    expect(page.text).to.contain('There is no type of event called InvoiceIsued.');
    const field = page.root.querySelector('input[name=type]')?.getAttribute('list') ?? '';
    const offered = page.root.querySelectorAll(`#${field} option`).map((one) => one.getAttribute('value'));
    expect(offered).to.include.members(['InvoiceIssued', 'PlanCreated']);
  });

  it('opens an event in place, with what it is about and its neighbours', async () => {
    const stream = planStream('studio');
    const events = (await ok(test.api.get(`events?stream=${stream}`))).data;
    const page = await browser.get(`/console/journal?stream=${stream}&open=${events[0].position}`);
    expect(page.root.querySelector('.row-below')?.textContent)
      .to.contain('plan_code')
      .and.to.contain('studio');
    expect(page.html).to.contain(`/console/journal/${events[1].position}`);
    const own = await browser.get(`/console/journal/${events[1].position}`);
    expect(own.text).to.contain(events[1].type);
    expect(own.html).to.contain(`/console/journal/${events[0].position}`);
    expect((await browser.get('/console/journal/999999')).status).to.equal(404);
  });

  it('says which fields are encrypted, and which were erased', async () => {
    const [event] = (await ok(test.api.get(`events?stream=${customerStream('acme')}`))).data;
    const path = `/console/journal/${event.position}`;
    expect((await browser.get(path)).text).to.contain('legal_name encrypted');
    expect((await browser.get(path)).html).not.to.contain('sealed:');
    await ok(test.api.post('customers/acme/erase', { confirm: 'acme' }));
    await test.settled();
    expect((await browser.get(path)).text).to.contain('legal_name erased on 2026-05-09');
  });

  it('gives the events of its filters as NDJSON', async () => {
    const page = await browser.get('/console/journal?type=PlanCreated');
    const link = page.root.querySelector('a[href*="events.ndjson"]')?.getAttribute('href') ?? '';
    const file = await browser.file(link);
    expect(file.status).to.equal(200);
    expect(file.headers.get('content-type')).to.contain('application/x-ndjson');
    const lines = (await file.text()).trim().split('\n');
    const { data } = await ok(test.api.get('events?type=PlanCreated'));
    expect(lines).to.have.length(data.length + 1);
    expect(JSON.parse(lines.at(-1) ?? '')).to.include({ complete: true, events: data.length });
  });

  it('is for the operator alone', async () => {
    const tenant = await tenantAt(test.url, 'acme');
    for (const path of ['/console/journal', '/console/journal/1', '/console/files/events.ndjson'])
      expect((await tenant.file(path)).status, path).to.equal(403);
  });

  it('finds objects of all kinds, grouped, each with its page', async () => {
    const page = await browser.get('/console/search?q=55.00');
    const { results } = (await ok(test.api.get('search?q=55.00&limit=25'))).data;
    expect(tableOf(page, 'Invoices that have 55.00').map((row) => row['Name'])).to.deep.equal(
      results.filter((hit: Json) => hit.kind === 'invoice').map((hit: Json) => hit.title),
    );
    expect(page.html).to.contain(`/console/invoices/${results[0].id}`);
    expect((await browser.get('/console/search?q=nothing+such')).text).to.contain(
      'Nothing has “nothing such”',
    );
    expect((await browser.get('/console/search')).status).to.equal(200);
  });

  it('finds a tenant its own alone', async () => {
    const tenant = await tenantAt(test.url, 'globex');
    const page = await tenant.get('/console/account/search?q=55.00');
    expect(tableOf(page, 'Invoices that have 55.00')).to.have.length(1);
    expect(page.text).to.not.contain('acme');
    expect((await tenant.get('/console/search?q=55')).status).to.equal(403);
  });
});
