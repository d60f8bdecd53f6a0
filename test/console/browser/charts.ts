import { expect } from 'chai';
import { pilot } from '../../support/demo/story.ts';
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

    it('of lines has the colours of a light page on paper, also when the page is dark', async () => {
      const { page } = await stage.visit({ width: 1_280, colours: 'dark' });
      await page.goto(`/console/customers/${pilot}?tab=margin`);
      await page.locator('.series canvas').waitFor();
      const asIn = (scheme: string): Promise<boolean> =>
        page.evaluate<boolean>(`(${hasAccentOf})(${JSON.stringify(scheme)})`);
      expect(await asIn('dark'), 'on the screen').to.equal(true);
      expect(await asIn('light'), 'on the screen').to.equal(false);
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await asIn('light'), 'on paper').to.equal(true);
      expect(await asIn('dark'), 'on paper').to.equal(false);
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await asIn('dark'), 'on the screen again').to.equal(true);
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

/** In the page: whether its chart of lines has the accent of a colour scheme. */
const hasAccentOf = `(scheme) => {
  const probe = document.createElement('span');
  probe.style.colorScheme = scheme;
  probe.style.color = 'var(--accent)';
  document.body.append(probe);
  const accent = getComputedStyle(probe).color.match(/[0-9]+/g).map(Number);
  probe.remove();
  const canvas = document.querySelector('.series canvas');
  const sheet = new OffscreenCanvas(canvas.width, canvas.height);
  const copy = sheet.getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] === 255 && accent.every((part, index) => data[at + index] === part)) return true;
  return false;
}`;
