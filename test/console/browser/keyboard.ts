import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { pilot } from '../../support/demo/story.ts';
import { saidOn, type BrowserStage } from '../../support/browser/browser-stage.ts';

const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    '[document.activeElement.tagName, document.activeElement.id, document.activeElement.className].join(" ")',
  );

/** Presses Tab until what has the focus is so. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`150 times Tab did not lead to ${selector}`);
}

/** Everything by the keyboard alone. */
export function describeKeyboard(stage: BrowserStage): void {
  describe('the keyboard alone', () => {
    afterEach(() => stage.leave());

    it('skips to the content, searches, lists the keys, and goes to pages', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto('/console/close');
      await page.keyboard.press('Tab');
      expect(await focused(page)).to.contain('skip');
      await page.keyboard.press('Enter');
      await page.locator('main:focus').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.keyboard.press('g');
      await page.keyboard.press('i');
      await page.waitForURL('**/console/invoices*');
      await page.keyboard.press('/');
      await page.keyboard.type('SKY-2026');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/console/search?q=SKY-2026');
    });

    it('waits for the key after g, gives it up for another, and is not taken by a box to tick', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.clock.install();
      await page.goto('/console/cost-sharing');
      await page.locator('main input[type=checkbox]').first().focus();
      await page.keyboard.press('g');
      await page.keyboard.press('Escape');
      await page.keyboard.press('i');
      await page.keyboard.press('g');
      await page.clock.fastForward('01:00');
      await page.keyboard.press('c');
      await page.waitForURL('**/console/close*');
    });

    it('leads a tenant to its pages, and can be switched off', async () => {
      const { page } = await stage.visit({ width: 1_280, tenant: pilot });
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await page.waitForURL('**/console/account/statement');
      await page.keyboard.press('?');
      const keys = page.getByRole('dialog');
      expect(await keys.innerText())
        .to.contain('g then q')
        .and.not.to.contain('Margin');
      await keys.getByRole('checkbox').uncheck();
      await page.keyboard.press('Escape');
      await page.reload();
      await page.keyboard.press('?');
      await page.keyboard.press('/');
      expect(await keys.isVisible()).to.equal(false);
      expect(await focused(page)).to.match(/^BODY/);
      await page.getByLabel('Signed in as').click();
      await page.getByRole('button', { name: 'Keys' }).click();
      await keys.getByRole('checkbox').check();
      await page.keyboard.press('Escape');
      await keys.waitFor({ state: 'hidden' });
      await page.keyboard.press('g');
      await page.keyboard.press('q');
      await page.waitForURL('**/console/account/quote');
    });

    it('opens a line of an invoice, and sends a form', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto('/console/invoices');
      await tabTo(page, 'main tbody a[href*="/console/invoices/"]');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/console/invoices/*');
      await tabTo(page, 'a[href*="line="]');
      await page.keyboard.press('Enter');
      await page.locator('.why').first().waitFor();
      await page.goto('/console/payments/new?tenant_id=lumen-legal&amount=10.00');
      await tabTo(page, 'form[action="/console/do/record-payment"] [name=reference]');
      await page.keyboard.type('by keyboard');
      await page.keyboard.press('Enter');
      expect(await saidOn(page)).to.contain('10.00');
    });
  });
}
