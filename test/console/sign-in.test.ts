import { expect } from 'chai';
import { createBrowser, fieldsOfForm, formsOf, operatorAt, tenantAt } from '../support/console/browse.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { adminToken, mintToken, serviceToken, tenantToken, TEST_SECRET } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('signing in to the console', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await ledger.settled();
  });
  after(() => ledger.close());

  it('is where / leads to, with a page of strict rules', async () => {
    const page = await createBrowser(ledger.url).get('/');
    expect(page.status).to.equal(401);
    expect(page.url).to.equal('/console');
    expect(page.text).to.contain('Sign in');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).to.contain("default-src 'none'").and.to.contain("frame-ancestors 'none'");
    expect(policy).not.to.match(/unsafe|https?:/);
    expect(page.headers.get('x-frame-options')).to.equal('DENY');
    expect(page.headers.get('cache-control')).to.equal('no-store');
    expect(page.html).not.to.match(/\sstyle="|<script>|\son\w+="/);
  });

  it('with a token sets a cookie that no script reads and no other site sends', async () => {
    const answer = await fetch(`${ledger.url}/console/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ token: `Bearer ${adminToken()}\n`, to: '/console/design' }),
      redirect: 'manual',
    });
    expect(answer.status).to.equal(303);
    expect(answer.headers.get('location')).to.equal('/console/design');
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).to.match(/^arcadia_session=[\w-]{43};/);
    expect(cookie).to.contain('HttpOnly').and.to.contain('SameSite=Strict').and.to.contain('Path=/console');
    expect(cookie).not.to.contain('Secure');
    expect(cookie).not.to.contain(adminToken().slice(0, 20));
    const secure = await fetch(`${ledger.url}/console/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ token: adminToken() }),
      redirect: 'manual',
      headers: { 'x-forwarded-proto': 'https' },
    });
    // No other host, and no page without HTTPS, can put a cookie of this name in its place.
    const guarded = secure.headers.get('set-cookie') ?? '';
    expect(guarded)
      .to.match(/^__Host-arcadia_session=[\w-]{43}; Path=\/; /)
      .and.to.contain('Secure');
    const secret = /=([\w-]{43})/.exec(guarded)?.[1] ?? '';
    for (const [name, status] of [
      ['__Host-arcadia_session', 200],
      ['arcadia_session', 401],
    ] as const) {
      const headers = { cookie: `${name}=${secret}`, 'x-forwarded-proto': 'https' };
      expect((await fetch(`${ledger.url}/console/design`, { headers })).status, name).to.equal(status);
    }
  });

  it('ends the session that the browser had before', async () => {
    const browser = await operatorAt(ledger.url);
    const former = createBrowser(ledger.url);
    for (const [name, value] of browser.cookies) former.cookies.set(name, value);
    expect((await former.get('/console/design')).status).to.equal(200);
    await browser.post('/console/sign-in', { token: adminToken() });
    expect((await former.get('/console/design')).status).to.equal(401);
    expect((await browser.get('/console/design')).status).to.equal(200);
  });

  it('says why a token does not sign in', async () => {
    const browser = createBrowser(ledger.url);
    const reasons: [string, string][] = [
      ['', 'Paste a token.'],
      ['nonsense', 'the token is not'],
      [
        mintToken({ secret: TEST_SECRET, sub: 'x', tenant_id: 'acme', expiresIn: -60 }),
        'the token has expired',
      ],
      [mintToken({ secret: TEST_SECRET, sub: 'x', roles: ['guest'] }), 'neither a tenant nor a role'],
      [serviceToken(), 'is for programs'],
    ];
    for (const [token, reason] of reasons) {
      const page = await browser.post('/console/sign-in', { token });
      expect(page.status, reason).to.equal(401);
      const beside = page.root.querySelector('#token-error')?.textContent;
      expect(beside).to.contain(reason);
      expect(browser.cookies.size).to.equal(0);
    }
  });

  it('leads only to pages of the console', async () => {
    for (const to of [
      'https://evil.example/',
      '//evil.example',
      '/console//evil',
      '/api/docs',
      '/consoles',
    ]) {
      const answer = await fetch(`${ledger.url}/console/sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ token: adminToken(), to }),
        redirect: 'manual',
      });
      expect(answer.headers.get('location'), to).to.equal('/console');
    }
  });

  it('ends with sign-out, also for a copy of the cookie', async () => {
    const browser = await operatorAt(ledger.url);
    const page = await browser.get('/console/design');
    const copy = createBrowser(ledger.url);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    const token = page.root.querySelector('input[name=form_token]')?.getAttribute('value') ?? '';
    expect((await browser.post('/console/sign-out', { form_token: 'guess' })).status).to.equal(403);
    const answer = await fetch(`${ledger.url}/console/sign-out`, {
      method: 'POST',
      redirect: 'manual',
    });
    expect(answer.headers.get('clear-site-data')).to.equal('"cache"');
    const out = await browser.post('/console/sign-out', { form_token: token });
    expect(out.text).to.contain('Sign in').and.to.contain('You are signed out.');
    expect((await copy.get('/console/design')).status).to.equal(401);
  });

  it('by a link that works once, as the operator makes it', async () => {
    const secret = await ledger.sessions.createLink({
      subject: 'newcomer',
      tenant_id: null,
      roles: ['platform_admin'],
      read_only: false,
      once: true,
      created_by: 'test',
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    });
    const looked = await fetch(`${ledger.url}/console/link/${secret}`, { method: 'HEAD' });
    expect(looked.headers.get('set-cookie')).to.equal(null);
    for (const headers of [{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }]) {
      const guessed = await fetch(`${ledger.url}/console/link/${secret}`, { headers });
      expect([guessed.status, guessed.headers.get('set-cookie')]).to.deep.equal([503, null]);
    }
    const browser = createBrowser(ledger.url);
    const page = await browser.get(`/console/link/${secret}`);
    expect(page.status).to.equal(200);
    expect(page.headers.get('referrer-policy')).to.equal('no-referrer');
    expect((await browser.get('/console/design')).status).to.equal(200);
    const second = await createBrowser(ledger.url).get(`/console/link/${secret}`);
    expect(second.status).to.equal(410);
    expect(second.text).to.contain('This link has ended');
    expect((await browser.get(`/console/link/${secret}`)).status).not.to.equal(410);
  });

  it('by a link for a customer shows its pages, read only, for an hour', async () => {
    const { data } = (await ledger.api.post('customers/acme/link')).body;
    expect(Date.parse(data.expires_at) - Date.now()).to.be.within(3_500_000, 3_600_000);
    const browser = createBrowser(ledger.url);
    expect((await browser.get(data.url)).status).to.equal(200);
    const page = await browser.get('/console/design');
    expect(page.status).to.equal(200);
    expect(page.html).to.contain('Tenant acme, read only');
    expect(formsOf(page, 'give-link')).to.have.length(0);
    const refused = await browser.post('/console/do/give-link', { 'p.tenant_id': 'acme' });
    expect(refused.status).to.equal(403);
    // As often as wished, until its time is over.
    expect((await createBrowser(ledger.url).get(data.url)).status).to.equal(200);
    expect((await ledger.api.post('customers/stranger/link')).status).to.equal(404);
  });

  it('leads on from another site, where the browser leaves the session out', async () => {
    const page = await createBrowser(ledger.url).get('/console/design?q=1', {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(page.status).to.equal(200);
    expect(page.html).to.contain('content="0;url=/console/design?q=1"');
  });

  it('keeps what was filled in when the session has ended', async () => {
    const browser = await operatorAt(ledger.url);
    const page = await browser.get('/console/design');
    const [form] = formsOf(page, 'give-link');
    const filled = { ...(form ? fieldsOfForm(form) : {}) };
    browser.cookies.clear();
    const asked = await browser.post('/console/do/give-link', filled);
    expect(asked.status).to.equal(401);
    expect(asked.text).to.contain('You were signed out');
    const kept = asked.root.querySelector('input[name=kept]')?.getAttribute('value') ?? '';
    expect(kept).not.to.contain(filled['form_token']);
    const events = await ledger.eventCount();
    const again = await browser.post('/console/sign-in', { token: adminToken(), kept, to: '/console' });
    expect(again.status).to.equal(200);
    expect(again.text).to.contain('This was not sent yet');
    expect(await ledger.eventCount()).to.equal(events);
    const sent = await browser.submit(again, 'give-link');
    expect(sent.status).to.equal(200);
    expect(sent.root.querySelector('input[data-absolute]')?.getAttribute('value')).to.match(
      /^\/console\/link\//,
    );
  });

  it('refuses forms of other sites and of other sessions', async () => {
    const browser = await operatorAt(ledger.url);
    const page = await browser.get('/console/design');
    const [form] = formsOf(page, 'give-link');
    const filled = form ? fieldsOfForm(form) : {};
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ]) {
      const refused = await browser.post('/console/do/give-link', filled, { headers });
      expect(refused.status).to.equal(403);
    }
    const other = await browser.post('/console/do/give-link', { ...filled, form_token: 'x' });
    expect(other.status).to.equal(403);
    expect(other.text).to.contain('This was not sent yet');
    const own = { origin: ledger.url, 'sec-fetch-site': 'same-origin' };
    expect((await browser.post('/console/do/give-link', filled, { headers: own })).status).to.equal(200);
  });

  it('shows a tenant no page and no action of the operator', async () => {
    const browser = await tenantAt(ledger.url, 'acme');
    const page = await browser.get('/console/design');
    const [form] = formsOf(page, 'give-link');
    const refused = await browser.post('/console/do/give-link', form ? fieldsOfForm(form) : {});
    expect(refused.status).to.equal(403);
    expect((await signedOutTwice(tenantToken('acme'))).status).to.equal(200);
  });

  const signedOutTwice = async (token: string) => {
    const browser = createBrowser(ledger.url);
    return browser.post('/console/sign-in', { token, to: '/console/design' });
  };

  it('says what a page or a parameter that does not exist is', async () => {
    const browser = await operatorAt(ledger.url);
    const unknown = await browser.get('/console/design?colour=red');
    expect(unknown.status).to.equal(422);
    expect(unknown.text).to.contain('colour unknown field');
    const nowhere = await browser.get('/console/nowhere');
    expect(nowhere.status).to.equal(404);
    expect((await browser.post('/console/do/nothing', {})).status).to.equal(404);
  });

  it('has an icon also where no page names it', async () => {
    const icon = await fetch(`${ledger.url}/favicon.ico`);
    expect([icon.status, icon.headers.get('content-type')]).to.deep.equal([200, 'image/svg+xml']);
  });

  it('keeps the choice of colours, and assets for ever', async () => {
    const browser = await operatorAt(ledger.url);
    const page = await browser.post('/console/theme', { theme: 'dark', from: '/console/design' });
    expect(page.html).to.contain('data-theme="dark"');
    const href = page.root.querySelector('link[rel=stylesheet]')?.getAttribute('href') ?? '';
    const css = await browser.file(href);
    expect(css.headers.get('cache-control')).to.contain('immutable');
    expect(await css.text()).to.match(/url\(\/console\/assets\/inter-\w+\.woff2\)/);
  });
});
