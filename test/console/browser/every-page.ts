import { expect } from 'chai';
import { pages } from '../../../src/console/pages.ts';
import {
  accessFaults,
  figuresOutOfSight,
  overflowOf,
  uselessOnPaper,
} from '../../support/browser/check-access.ts';
import type { BrowserStage } from '../../support/browser/browser-stage.ts';
import type { WatchedPage } from '../../support/browser/watched-page.ts';
import { byLink, crawl } from '../../support/console/crawl.ts';
import { pilot } from '../../support/demo/story.ts';

const phone = { width: 390, height: 844 };
/** A sheet of A4 within its margins. */
const paper = { width: 703, height: 1_017 };
const desk = { width: 1_600, height: 1_000 };

/** Every page of the table, as those who may open it see it. */
export function describeEveryPage(stage: BrowserStage): void {
  describe('every page', () => {
    for (const [who, access, tenant] of [
      ['the operator', 'admin', undefined],
      ['a tenant', 'account', pilot],
    ] as const) {
      describe(`of ${who}`, () => {
        let watched: WatchedPage;
        let addresses: ReadonlyMap<string, string>;

        before(async () => {
          watched = await stage.visit(tenant === undefined ? {} : { tenant });
          const { ledger, link } = stage.april;
          const person = await byLink(ledger.url, await link(tenant === undefined ? {} : { tenant }));
          addresses = (await crawl(pages, person)).addresses;
        });
        after(() => stage.leave());

        for (const page of pages.filter((one) => one.access === access || one.access === 'signed-in'))
          it(`${page.path} is linked to, accessible in both colours, fits a phone and paper`, async () => {
            const address = addresses.get(page.path);
            if (address === undefined) throw new Error('no link leads here');
            expect(await faultsAt(watched, address)).to.deep.equal([]);
          });
      });
    }
  });
}

async function faultsAt({ page, complaints }: WatchedPage, address: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(desk);
  await page.goto(address);
  const headings = await page.locator('h1').count();
  const found = [
    ...(headings === 1 ? [] : [`${headings} headings of the first level`]),
    ...(await accessFaults(page)).map((fault) => `light, wide: ${fault}`),
  ];
  // What is seen on phones alone is found by all rules, too.
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(phone);
  found.push(...(await accessFaults(page)).map((fault) => `dark, narrow: ${fault}`));
  const overflow = await overflowOf(page);
  if (overflow > 0) found.push(`${overflow} pixels wider than a phone`);
  found.push(...(await figuresOutOfSight(page)).map((table) => `out of sight on a phone: ${table}`));
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(paper);
  const cut = await overflowOf(page);
  if (cut > 0) found.push(`${cut} pixels wider than paper`);
  found.push(...(await uselessOnPaper(page)).map((shown) => `on paper: ${shown}`));
  await page.emulateMedia({ media: 'screen' });
  return [...found, ...complaints()];
}
