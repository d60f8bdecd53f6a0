import { expect } from 'chai';
import {
  createBrowser,
  formsOf,
  tableOf,
  tenantAt,
  type Browser,
  type ShownPage,
} from '../support/console/browse.ts';
import { ok, type Json } from '../support/http/api.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe("the forms of a tenant's pages", () => {
  let ledger: TestLedger;
  let acme: Browser;
  let site: string;
  let foreign: string;
  const folder = '/console/account/deployments';
  const asAcme = { token: tenantToken('acme') };
  const events = async (): Promise<number> =>
    (await ok(ledger.api.get('events?limit=1&order=newest'))).data[0].position;
  const deployment = async (id: string): Promise<Json> =>
    (await ok(ledger.api.get(`deployments/${id}`, asAcme))).data;

  /** Sends a form twice with one key, as a double click does: what is there after the first stays. */
  async function twice(
    page: ShownPage,
    name: string,
    fields: Record<string, string> = {},
    which: Record<string, string> = {},
    repeated = 200,
  ): Promise<ShownPage> {
    const before = await events();
    const first = await acme.submit(page, name, fields, which);
    expect(first.status, first.text).to.equal(200);
    const after = await events();
    expect(after, name).to.be.above(before);
    const second = await acme.submit(page, name, fields, which);
    expect(second.status, name).to.equal(repeated);
    expect(second.root.querySelector('h1')?.textContent).to.equal(
      first.root.querySelector('h1')?.textContent,
    );
    expect(await events(), `events of a second ${name}`).to.equal(after);
    return first;
  }

  before(async () => {
    ledger = await seededLedger({ now: '2026-05-11T12:00:00.000Z' });
    site = await subscribed(ledger, 'acme', 'site');
    foreign = await subscribed(ledger, 'globex', 'shop');
    await ledger.settled();
    acme = await tenantAt(ledger.url, 'acme');
  });
  after(() => ledger.close());

  it('create a deployment, choose its plan, and show both at once', async () => {
    const list = await acme.get(folder);
    const fields = { display_name: 'Blog <b>of</b> acme', slug: 'blog', state: 'active' };
    const page = await twice(list, 'account-create-deployment', fields);
    expect(page.text).to.contain('Choose its plan next.').and.to.contain('It has no plan yet.');
    expect(page.html).to.contain('Blog &lt;b>of&lt;/b> acme').and.not.to.contain('<b>of</b>');
    expect(tableOf(await acme.get(folder), 'Deployments').map((row) => row['Short name'])).to.include('blog');
    const [choice] = formsOf(page, 'account-subscribe');
    expect(choice?.textContent, 'the codes that may be typed').to.contain('storage_50gb: Storage 50 GB');
    const chosen = await twice(page, 'account-subscribe', { plan_code: 'starter' });
    expect(chosen.text).to.contain('Plan Starter');
    const id = page.url.split('/').at(-1) ?? '';
    expect((await deployment(id)).subscription.plan_code).to.equal('starter');
  });

  it('refuse beside the field, and keep what was typed', async () => {
    const before = await events();
    const list = await acme.get(folder);
    const page = await acme.submit(list, 'account-create-deployment', {
      display_name: 'My typed name',
      slug: 'Not A Slug',
    });
    expect(page.status).to.equal(422);
    const [form] = formsOf(page, 'account-create-deployment');
    const slug = form?.querySelector('input[name=slug]');
    expect(slug?.getAttribute('aria-invalid')).to.not.equal(undefined);
    expect(slug?.getAttribute('value')).to.equal('Not A Slug');
    const note = slug?.getAttribute('aria-describedby')?.split(' ').at(-1) ?? '';
    expect(page.root.querySelector(`[id="${note}"]`)?.textContent.trim()).to.not.equal('');
    expect(form?.querySelector('input[name=display_name]')?.getAttribute('value')).to.equal('My typed name');
    expect(await events()).to.equal(before);
  });

  it('change the plan from today', async () => {
    const page = await acme.get(`${folder}/${site}`);
    const changed = await twice(page, 'account-change-plan', { plan_code: 'pro' });
    expect(changed.text).to.contain('It is on pro from today.').and.to.contain('Plan Pro');
    expect((await deployment(site)).subscription.plan_code).to.equal('pro');
  });

  it('add an addon and remove it, each with a price before the button', async () => {
    const page = await acme.get(`${folder}/${site}`);
    const wrong = await acme.submit(page, 'account-attach-addon', { code: 'storage_50gb', qty: 'many' });
    expect(wrong.status).to.equal(422);
    expect(
      formsOf(wrong, 'account-attach-addon')[0]?.querySelector('input[name=qty]')?.getAttribute('value'),
    ).to.equal('many');
    const added = await twice(page, 'account-attach-addon', { code: 'storage_50gb', qty: '2' });
    expect(added.text).to.contain('The addon is there from today.').and.to.contain('Remove Storage 50 GB');
    const [row] = tableOf(added, 'Addons');
    expect([row?.['Addon'], row?.['Packs']]).to.deep.equal(['Storage 50 GB', '2']);
    const gone = await twice(added, 'account-detach-addon', {}, { 'p.code': 'storage_50gb' }, 404);
    expect(gone.text).to.contain('The addon is removed from today.');
    expect((await deployment(site)).subscription.addons).to.deep.equal([]);
  });

  it('rename, pause, go on and end', async () => {
    const page = await acme.get(`${folder}/${site}`);
    const renamed = await twice(page, 'account-rename-deployment', { display_name: 'Our shop' });
    expect(renamed.root.querySelector('h1')?.textContent).to.contain('Our shop');
    const empty = await acme.submit(renamed, 'account-rename-deployment', { display_name: '' });
    expect(empty.status).to.equal(422);
    const paused = await twice(renamed, 'account-move-deployment', {}, { to: 'paused' });
    expect(paused.text).to.contain('Our shop is paused from today.');
    const active = await twice(paused, 'account-move-deployment', {}, { to: 'active' });
    expect(active.text).to.contain('Our shop is active from today.');
    const [end] = formsOf(active, 'account-end-deployment');
    expect(end?.textContent).to.contain('It ends today and can’t be taken up again');
    const ended = await twice(active, 'account-end-deployment', {}, { to: 'cancelled' });
    expect((await deployment(site)).state).to.equal('cancelled');
    for (const name of ['account-subscribe', 'account-change-plan', 'account-attach-addon'])
      expect(formsOf(ended, name), name).to.deep.equal([]);
  });

  it("change nothing of another tenant, whatever the form's address says", async () => {
    const [form] = formsOf(await acme.get(folder), 'account-create-deployment');
    const form_token = form?.querySelector('input[name=form_token]')?.getAttribute('value') ?? '';
    const before = await events();
    for (const [name, fields] of [
      ['account-rename-deployment', { display_name: 'Taken' }],
      ['account-end-deployment', { to: 'cancelled' }],
      ['account-change-plan', { plan_code: 'pro' }],
    ] as const) {
      const sent = { form_token, key: `foreign-${name}`, from: folder, 'p.id': foreign, ...fields };
      expect((await acme.post(`/console/do/${name}`, sent)).status, name).to.equal(404);
    }
    expect(await events()).to.equal(before);
  });

  it('are not there for a link that may look only, and their sending is refused', async () => {
    const other = await subscribed(ledger, 'acme', 'other');
    await ledger.settled();
    const { data } = await ok(ledger.api.post('customers/acme/link'), 201);
    const reader = createBrowser(ledger.url);
    await reader.get(data.url);
    const before = await events();
    for (const path of [
      '',
      '/invoices',
      '/payments',
      '/statement',
      '/deployments',
      '/quote',
      '/notices',
      '/profile',
    ].concat(`/deployments/${other}`)) {
      const page = await reader.get(`/console/account${path}`);
      expect([path, page.status]).to.deep.equal([path, 200]);
      expect(page.root.querySelectorAll('form[action^="/console/do/"]'), path).to.have.length(0);
      expect(page.root.querySelectorAll('main form[method=post]'), path).to.have.length(0);
    }
    const form_token =
      (await reader.get('/console/account')).root
        .querySelector('form[action="/console/sign-out"] input[name=form_token]')
        ?.getAttribute('value') ?? '';
    for (const name of [
      'create-deployment',
      'rename-deployment',
      'end-deployment',
      'subscribe',
      'change-plan',
    ]) {
      const sent = {
        form_token,
        key: `reader-${name}`,
        from: folder,
        'p.id': other,
        display_name: 'x',
        to: 'cancelled',
      };
      expect((await reader.post(`/console/do/account-${name}`, sent)).status, name).to.equal(403);
    }
    expect(await events()).to.equal(before);
    expect((await reader.get('/console/customers')).status).to.equal(403);
    expect((await reader.get('/console/files/invoices.csv')).status).to.equal(403);
    expect((await reader.get('/console/files/events.ndjson')).status).to.equal(403);
  });

  it('quote what is typed, and say beside the form what can not be read', async () => {
    const at = '/console/account/quote?use.droplet_hours=';
    expect(tableOf(await acme.get(`${at}2000`), 'A month in each plan')).not.to.have.length(0);
    const wrong = await acme.get(`${at}abc&addon.storage_50gb=1`);
    expect(wrong.text)
      .to.contain('Server hours: expected plain digits')
      .and.not.to.contain('projected_usage');
    const packs = await acme.get(`${at}2000&addon.storage_50gb=many`);
    expect(packs.text).to.contain('Storage 50 GB: expected a number of packs');
    for (const [page, name, typed] of [
      [wrong, 'use.droplet_hours', 'abc'],
      [packs, 'addon.storage_50gb', 'many'],
    ] as const)
      expect(page.root.querySelector(`input[name="${name}"]`)?.getAttribute('value')).to.equal(typed);
  });

  it('keep their prices on a version that is retired, and quote those on offer beside it', async () => {
    const held = await subscribed(ledger, 'acme', 'held');
    const version = { base_price_cents: 6_000, items: [] };
    await ok(ledger.api.post('catalog/plans/studio/versions', version), 201);
    await ok(ledger.api.post('catalog/plans/studio/versions/2/publish'));
    await ledger.settled();
    const page = await acme.get(`${folder}/${held}`);
    expect(page.status, page.text).to.equal(200);
    expect(page.text).to.contain('on version 1: your prices stay as they were');
    expect(page.text).to.contain('Studio stands here at its prices of today. Yours are those of version 1');
    const changed = await twice(page, 'account-change-plan', { plan_code: 'pro' });
    expect(changed.text).to.contain('Plan Pro').and.not.to.contain('prices of today');
  });

  it('find a tenant its own objects, and no other', async () => {
    expect((await acme.get('/console/account/search?q=other')).text).to.contain('other');
    const none = await acme.get('/console/account/search?q=shop');
    expect(none.html).not.to.contain(foreign);
    expect((await acme.get(`/console/account/search?q=${foreign}`)).text).to.contain('Nothing has');
    expect((await acme.get('/console/search?q=shop')).status).to.equal(403);
  });
});
