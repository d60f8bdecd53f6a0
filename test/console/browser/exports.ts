import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { BrowserStage } from '../../support/browser/browser-stage.ts';

/** An export of the journal, which the page reads itself to show how far it is. */
export function describeExports(stage: BrowserStage): void {
  describe('an export of the journal', () => {
    afterEach(() => stage.leave());

    it('says how many events it has, and is the whole file', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto('/console/journal?type=InvoiceIssued');
      const saved = page.waitForEvent('download');
      await page.getByText('NDJSON of these filters').click();
      const file = await saved;
      expect(file.suggestedFilename()).to.match(/\.ndjson$/);
      const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
      const end = JSON.parse(lines.at(-1) ?? '') as { complete: boolean; events: number };
      expect(end).to.deep.include({ complete: true, events: lines.length - 1 });
      await page.getByText(`All ${end.events} events are in the file.`).waitFor();
    });

    it('says that it was cut off, and saves nothing', async () => {
      const { page } = await stage.visit({ width: 1_280 });
      await page.goto('/console/journal');
      let saved = 0;
      page.on('download', () => {
        saved += 1;
      });
      await page.route('**/console/files/events.ndjson', (route) =>
        route.fulfill({
          contentType: 'application/x-ndjson',
          body: '{"position":1}\n{"position":2}\n{"posi',
        }),
      );
      await page.getByText('NDJSON of these filters').click();
      await page.getByText('The export was cut off after 2 events. Try again.').waitFor();
      expect(saved).to.equal(0);
    });
  });
}
