import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { pilot } from '../../support/demo/story.ts';
import { saidOn, type BrowserStage } from '../../support/browser/browser-stage.ts';
import { ok, type Json } from '../../support/http/api.ts';
import { until } from '../../support/runtime/until.ts';

const formOf = (action: string): string => `form[action="/console/do/${action}"]`;

/** Presses the button of an action's form, and answers what the page that follows says of it. */
async function send(page: Page, action: string): Promise<string> {
  // What an earlier action did may still be said here.
  const answered = page.waitForEvent('domcontentloaded');
  await page.locator(`${formOf(action)} button[type=submit]`).click();
  await answered;
  return saidOn(page);
}

/** Links an unmatched line of April's provider invoice to a resource that the operator looks for. */
async function linkLine(page: Page, line: string): Promise<void> {
  await page.goto('/console/costs');
  const invoices = page.getByRole('table', { name: /Invoices of DigitalOcean/ });
  await invoices.getByRole('row', { name: 'April 2026' }).getByRole('link').first().click();
  await page.getByRole('link', { name: 'Unmatched' }).click();
  await page.getByRole('row', { name: line }).getByRole('link').first().click();
  await page.getByLabel('Look for a resource').fill('git.example.com');
  await page.getByLabel('Look for a resource').press('Enter');
  await page
    .getByRole('row', { name: /git\.example\.com droplet / })
    .getByRole('link')
    .first()
    .click();
  await page
    .locator(formOf('link-cost-line'))
    .getByLabel('Reason')
    .fill('the same droplet under its old name');
  expect(await send(page, 'link-cost-line')).to.contain('is a cost of dashboard-pilot');
}

/** Opens the April invoice of a tenant from the list. */
async function openInvoice(page: Page, tenant: string): Promise<void> {
  await page.goto('/console/invoices?period=2026-04');
  await page.getByRole('row', { name: tenant }).getByRole('link').first().click();
  await page.locator('#lines, [id^=line]').first().waitFor();
}

/** Opens the line of overage, and answers why it is what it is. */
async function askWhy(page: Page, line: RegExp): Promise<string> {
  await page.getByRole('row', { name: line }).getByRole('link').first().click();
  return page.locator('.why').innerText();
}

/** Sends the invoice that is open, and records a payment of all that is open of it. */
async function sendAndPay(page: Page, reference: string): Promise<void> {
  await page.locator('#act-send').click();
  expect(await send(page, 'send-invoice')).to.match(/sent|deliver|mail/i);
  await page.locator('#act-payment').click();
  const form = page.locator(formOf('record-invoice-payment'));
  await form.getByLabel('Method').fill('bank transfer');
  await form.getByLabel('Reference').fill(reference);
  await send(page, 'record-invoice-payment');
}

async function aprilOf({ april: { ledger } }: BrowserStage, tenant: string): Promise<Json> {
  await ledger.settled();
  const { data } = await ok(ledger.api.get(`invoices?period=2026-04&tenant_id=${tenant}`));
  return data[0];
}

/** The month as the operator finishes it: by clicking, and by plain forms. */
export function describeMonth(stage: BrowserStage): void {
  describe('the month', () => {
    afterEach(() => stage.leave());

    it('is finished by clicking: link a line, close, ask why, send, get paid', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      expect(await page.locator('h1').innerText()).to.contain('April 2026');
      await linkLine(page, 'shop-old');

      await page.getByRole('navigation').getByRole('link', { name: 'Close' }).click();
      await page.locator(`${formOf('close-month')} button[type=submit]`).click();
      await page.locator('#issue', { hasText: /Issued\s*\d+ invoices/ }).waitFor();
      expect(await page.locator('main').innerText()).not.to.match(/so far|being issued/);
      const invoice = await until(
        'the invoice',
        () => aprilOf(stage, pilot),
        (found) => found !== undefined,
      );
      expect([invoice.total_cents, invoice.status]).to.deep.equal([7_823, 'issued']);

      await openInvoice(page, pilot);
      expect(await page.locator('main').innerText()).to.contain('78.23');
      expect(await askWhy(page, /droplet_hours|Overage/)).to.match(/2,?112/);
      const before = stage.april.mail.received.length;
      await sendAndPay(page, 'pilot, April');
      expect(stage.april.mail.received.slice(before).map(({ recipients }) => recipients)).to.deep.equal([
        ['accounts@dashboard-pilot.example'],
      ]);
      expect(await page.locator('h1').locator('xpath=..').innerText()).to.contain('paid');
      expect((await aprilOf(stage, pilot)).status).to.equal('paid');
    });

    it('goes as well without JavaScript', async () => {
      const { page } = await stage.visit({ width: 1_024, javaScript: false });
      await linkLine(page, 'wiki-old');
      await page.goto('/console/preview?period=2026-04');
      expect(await page.locator('h1').innerText()).to.contain('Preview of April 2026');
      await openInvoice(page, 'harbour-books');
      expect(await askWhy(page, /storage_50gb|Addon/)).to.not.equal('');
      await sendAndPay(page, 'harbour, April');
      expect((await aprilOf(stage, 'harbour-books')).status).to.equal('paid');
    });
  });
}
