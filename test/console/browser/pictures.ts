import { expect } from 'chai';
import type { BrowserStage, Visit } from '../../support/browser/browser-stage.ts';
import { pilot } from '../../support/demo/story.ts';
import { keepScreenshot, pictureFault } from '../../support/browser/compare-picture.ts';
import { ok } from '../../support/http/api.ts';

/** A page as it has to look. */
interface Picture extends Visit {
  name: string;
  address: string;
  /** As a screenshot of the README, too. */
  shown?: true;
}

/** The pages whose looks are held: after the month was finished. */
const pictures = (invoice: string): readonly Picture[] => [
  { name: 'close', address: '/console/close?period=2026-04', width: 1_280, shown: true },
  { name: 'invoice', address: `/console/invoices/${invoice}?line=2`, width: 1_280, shown: true },
  { name: 'margin', address: '/console/margin?period=2026-04', width: 1_280, shown: true },
  { name: 'invoices-dark', address: '/console/invoices', width: 1_024, colours: 'dark' },
  { name: 'account-phone', address: '/console/account', width: 390, tenant: pilot },
  { name: 'design-dark-phone', address: '/console/design', width: 390, colours: 'dark' },
];

/** Pictures of a few pages. `UPDATE_GOLDEN=1` takes them as they are now. */
export function describePictures(stage: BrowserStage): void {
  describe('the look', () => {
    afterEach(() => stage.leave());

    for (const [index, { name }] of pictures('').entries())
      it(`of ${name} is that of its picture`, async () => {
        const { data } = await ok(stage.april.ledger.api.get(`invoices?period=2026-04&tenant_id=${pilot}`));
        const picture = pictures(data[0].id)[index];
        if (picture === undefined) throw new Error(`there is no picture ${name}`);
        const { address, shown, name: _name, ...visit } = picture;
        const { page } = await stage.visit(visit);
        await page.goto(address, { waitUntil: 'networkidle' });
        if (shown === true) await keepScreenshot(page, name);
        expect(await pictureFault(page, name)).to.equal(null);
      });
  });
}
