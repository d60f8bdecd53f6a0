import { expect } from 'chai';
import { actions } from '../../src/console/actions.ts';
import type { ConsoleAction } from '../../src/console/action.ts';
import type { ConsolePage } from '../../src/console/page.ts';
import { pages } from '../../src/console/pages.ts';
import { stageApril, type AprilStage } from '../support/browser/april-stage.ts';
import { pilot } from '../support/demo/story.ts';
import { createBrowser, type Browser, type ShownPage } from '../support/console/browse.ts';
import { byLink, crawl } from '../support/console/crawl.ts';
import { pageFaults } from '../support/console/page-faults.ts';
import { ok } from '../support/http/api.ts';

type Person = 'stranger' | 'operator' | 'pilot' | 'other' | 'customer';

/** What every answer of the console forbids other sites to do with it. */
function expectGuarded({ headers }: Pick<ShownPage, 'headers'>): void {
  expect(headers.get('content-security-policy')).to.contain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).to.contain("script-src 'self'").and.not.contain('unsafe');
  expect(headers.get('x-frame-options')).to.equal('DENY');
  expect(headers.get('cache-control')).to.equal('no-store');
  expect(headers.get('x-content-type-options')).to.equal('nosniff');
}

const forWhom = ({ access }: ConsolePage): string =>
  ({ admin: 'the operator alone', account: 'its tenant alone', 'signed-in': 'all who are signed in' })[
    access
  ];

describe('who may do what in the console', () => {
  let stage: AprilStage;
  let persons: Record<Person, Browser>;
  let addresses: ReadonlyMap<string, string>;
  let dead: string[];

  before(async () => {
    stage = await stageApril();
    const { ledger, link } = stage;
    await ok(ledger.api.post('invoices/close', { period: '2026-04' }));
    await ledger.settled();
    const by = async (who: Parameters<AprilStage['link']>[0]): Promise<Browser> =>
      byLink(ledger.url, await link(who));
    persons = {
      stranger: createBrowser(ledger.url),
      operator: await by({}),
      pilot: await by({ tenant: pilot }),
      other: await by({ tenant: 'harbour-books' }),
      customer: await by({ tenant: pilot, readOnly: true }),
    };
    const [all, own] = [await crawl(pages, persons.operator), await crawl(pages, persons.pilot)];
    dead = [...all.dead, ...own.dead];
    addresses = new Map([...own.addresses, ...all.addresses]);
  });
  after(() => stage.close());

  it('has no link that leads nowhere', () => {
    expect(dead).to.deep.equal([]);
  });

  it('leads a tenant from what it finds to where it may see it', async () => {
    const found = await persons.pilot.get('/console/account/search?q=app-1');
    const link = found.root.querySelector('#main a[href*="#resources"]')?.getAttribute('href') ?? '';
    expect(link).to.equal(`/console/account/deployments/${stage.deploymentId}#resources`);
    expect((await persons.pilot.get(link)).root.querySelector('#resources')?.text).to.contain('app-1');
  });

  describe('a page', () => {
    for (const page of pages) {
      const address = (): string => {
        const found = addresses.get(page.path);
        if (found === undefined) throw new Error(`no link leads to ${page.path}`);
        return found;
      };
      /** By person: no test here changes what a page shows, so that each person opens it once. */
      const opened = new Map<Person, Promise<ShownPage>>();
      const openAs = async (person: Person, path: string): Promise<ShownPage> => {
        const shown = await persons[person].get(path);
        expectGuarded(shown);
        return shown;
      };
      const as = async (person: Person): Promise<ShownPage> => {
        const found = opened.get(person) ?? openAs(person, address());
        opened.set(person, found);
        return found;
      };

      it(`${page.path} asks strangers to sign in, and keeps where they were going`, async () => {
        const { status, html } = await as('stranger');
        expect(status).to.equal(401);
        expect(html).to.contain(`name="to" value="${address().replaceAll('&', '&amp;')}"`);
      });

      it(`${page.path} says as of when it is, copies ids, and leads to events and to the past`, async () => {
        const person = page.access === 'account' ? 'pilot' : 'operator';
        expect(pageFaults(page, await as(person))).to.deep.equal([]);
      });

      it(`${page.path} offers a visitor who may only look no form, and says why`, async () => {
        if (page.access === 'admin') return;
        const shown = await as('customer');
        expect(shown.html).not.to.contain('action="/console/do/');
        expect(shown.text).to.contain('This link shows your pages');
      });

      it(`${page.path} is for ${forWhom(page)}`, async () => {
        for (const [person, status] of expectedOf(page)) {
          const shown = await as(person);
          expect(shown.status, person).to.equal(status);
          // What is another tenant's is not even named.
          if (person === 'other') expect(shown.html).to.not.contain(pilot);
        }
      });

      it(`${page.path} refuses what it does not know`, async () => {
        const own = page.access === 'account' ? 'pilot' : 'operator';
        const [path = ''] = address().split('?', 1);
        expect((await openAs(own, `${path}?no_such_parameter=1`)).status).to.equal(422);
        if (!page.path.includes(':')) return;
        for (const id of ['no-such-thing', 'x'.repeat(201), '%00', '018f3a5e-7c1b-7d3e-9a53-2d3a6f3f7c11']) {
          const { status } = await openAs(own, page.path.replace(/:\w+/, id).replaceAll(/:\w+/g, 'x'));
          expect([404, 422], `${id.slice(0, 20)}: ${status}`).to.include(status);
        }
      });
    }
  });

  describe('an action', () => {
    /** The token of a person's forms: one for their whole session. */
    const tokens = new Map<Person, string>();
    const tokenOf = async (person: Person, path: string): Promise<string> => {
      const known = tokens.get(person);
      if (known !== undefined) return known;
      const { html } = await persons[person].get(path);
      const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(html) ?? [];
      expect(token, `a form's token at ${path}`).to.not.equal('');
      tokens.set(person, token);
      return token;
    };
    const fields = (action: ConsoleAction, more: Record<string, string>): Record<string, string> => ({
      key: `access-${action.name}`,
      ...Object.fromEntries(Object.keys(action.route.params.shape).map((name) => [`p.${name}`, 'x-1'])),
      ...more,
    });

    for (const action of actions)
      it(`${action.name} is for those who may, from a page of their session`, async () => {
        const before = await stage.ledger.eventCount();
        const path = `/console/do/${action.name}`;
        const home = { operator: '/console/design', pilot: '/console/account', customer: '/console/account' };
        const post = async (person: Person, more: Record<string, string>, headers = {}): Promise<number> => {
          const shown = await persons[person].post(path, fields(action, more), { headers });
          expectGuarded(shown);
          return shown.status;
        };
        const operator = { from: home.operator, form_token: await tokenOf('operator', home.operator) };
        expect(await post('stranger', operator), 'a stranger').to.equal(401);
        expect(await post('operator', { ...operator, form_token: 'guessed' }), 'no token').to.equal(403);
        for (const headers of [
          { origin: 'https://elsewhere.example' },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
        ])
          expect(await post('operator', operator, headers), JSON.stringify(headers)).to.equal(403);
        const customer = { from: home.customer, form_token: await tokenOf('customer', home.customer) };
        expect(await post('customer', customer), 'who may only look').to.equal(403);
        const tenant = { from: home.pilot, form_token: await tokenOf('pilot', home.pilot) };
        const status = await post('pilot', tenant);
        if (action.route.access === 'admin') expect(status, 'a tenant').to.equal(403);
        expect((await persons.operator.get(path)).status, 'a GET').to.be.within(404, 405);
        if (action.route.access === 'admin') expect(await stage.ledger.eventCount()).to.equal(before);
      });
  });
});

/** The status that each person gets. An object of a tenant does not exist for another. */
function expectedOf({ access, path }: ConsolePage): [Person, number][] {
  if (access === 'signed-in')
    return [
      ['operator', 200],
      ['pilot', 200],
      ['customer', 200],
    ];
  const own = access === 'account';
  return [
    ['operator', own ? 403 : 200],
    ['pilot', own ? 200 : 403],
    ['customer', own ? 200 : 403],
    ['other', !own ? 403 : path.includes(':') ? 404 : 200],
  ];
}
