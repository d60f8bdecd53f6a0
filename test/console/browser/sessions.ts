import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { saidOn, type BrowserStage } from '../../support/browser/browser-stage.ts';
import { adminToken } from '../../support/http/tokens.ts';

const payment = '/console/payments/new?tenant_id=lumen-legal&amount=12.00';
const form = 'form[action="/console/do/record-payment"]';

/** What the form would send as it stands. */
const fieldsOf = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(`Object.fromEntries(new FormData(document.querySelector(${JSON.stringify(form)})))`);

/** Sessions that end, forms that are sent twice, and forms of other sites. */
export function describeSessions(stage: BrowserStage): void {
  const events = (): Promise<number> => stage.april.ledger.eventCount();

  describe('a form', () => {
    afterEach(() => stage.leave());

    it('outlives its session: after signing in again it is there as it was filled in', async () => {
      const { page, expectStatus } = await stage.visit({ width: 1_280 });
      await page.goto(payment);
      await page.locator(`${form} [name=reference]`).fill('kept over the sign-in');
      const before = await events();
      await page.context().clearCookies();
      expectStatus(401);
      await page.locator(`${form} button[type=submit]`).click();
      await page.getByText('You were signed out').waitFor();
      await page.getByLabel('Token').fill(adminToken());
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This was not sent yet').waitFor();
      expect(await page.locator(`${form} [name=reference]`).inputValue()).to.equal('kept over the sign-in');
      expect(await events()).to.equal(before);
      await page.locator(`${form} button[type=submit]`).click();
      expect(await saidOn(page)).to.contain('12.00');
      expect(await events()).to.be.greaterThan(before);
    });

    it('that is sent twice does it once', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto(payment);
      await page.locator(`${form} [name=reference]`).fill('twice');
      const fields = await fieldsOf(page);
      await page.locator(`${form} button[type=submit]`).dblclick();
      await saidOn(page);
      const after = await events();
      const again = await page.context().request.post('/console/do/record-payment', { form: fields });
      expect(again.status()).to.equal(200);
      expect(await events()).to.equal(after);
    });

    it('of another site does nothing', async () => {
      const { page, expectStatus } = await stage.visit();
      await page.goto(payment);
      const inputs = Object.entries(await fieldsOf(page))
        .map(([name, value]) => `<input name="${name}" value="${value.replaceAll('"', '&quot;')}">`)
        .join('');
      const action = new URL('/console/do/record-payment', stage.april.ledger.url).href;
      await page.route('http://elsewhere.example/', (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<form method="post" action="${action}">${inputs}<button>Win</button></form>`,
        }),
      );
      const before = await events();
      expectStatus(403);
      await page.goto('http://elsewhere.example/');
      await page.getByRole('button').click();
      await page.waitForURL('**/console/do/record-payment');
      expect(await page.locator('main').innerText()).to.contain('another site');
      expect(await events()).to.equal(before);
    });
  });
}
