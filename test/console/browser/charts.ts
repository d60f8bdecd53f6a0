import { expect } from 'chai';
import { pilot } from '../../support/browser/april-stage.ts';
import type { BrowserStage } from '../../support/browser/browser-stage.ts';

/** Charts, which have to be read without pointing at them. */
export function describeCharts(stage: BrowserStage): void {
  describe('a chart', () => {
    afterEach(() => stage.leave());

    it('over months names the latest figures, and those of the month that is pointed at', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto(`/console/customers/${pilot}?tab=margin`);
      const legend = page.locator('.series .u-legend');
      await legend.waitFor();
      const figures = page.locator('.chart-figures tbody tr');
      const row = async (at: number): Promise<string[]> => {
        const cells = await figures.nth(at).locator('th, td').allTextContents();
        return cells.map((text) => text.trim());
      };
      const said = (): Promise<string[]> => legend.locator('.u-value').allTextContents();
      const last = (await figures.count()) - 1;
      expect(await said()).to.deep.equal(await row(last));
      const plot = page.locator('.series .u-over');
      await plot.hover({ position: { x: 2, y: 20 } });
      expect(await said()).to.deep.equal(await row(0));
      await page.mouse.move(1, 1);
      await page.waitForFunction(
        (text) => document.querySelector('.series .u-value')?.textContent === text,
        (await row(last))[0],
      );
      expect(await said()).to.deep.equal(await row(last));
    });

    it('of bars is as large a print on a phone as on a wide screen', async () => {
      const { page } = await stage.visit({ width: 390 });
      await page.goto(`/console/customers/${pilot}?tab=usage&period=2026-04`);
      const heightOf = async (): Promise<number> =>
        (await page.locator('.bars .limit-text').first().boundingBox())?.height ?? 0;
      const onPhone = await heightOf();
      await page.setViewportSize({ width: 1_600, height: 1_000 });
      expect(onPhone)
        .to.be.greaterThan(10)
        .and.to.equal(await heightOf());
    });
  });
}
