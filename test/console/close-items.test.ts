import { expect } from 'chai';
import { findPage } from '../../src/console/open-page.ts';
import { pages } from '../../src/console/pages.ts';
import { closeItemHref, closeItemLabel } from '../../src/console/parts/close-items.ts';
import { parseQuery } from '../../src/http/query-string.ts';
import { closeItemNames } from '../../src/invoicing/close/close-item.ts';

/** The path of the API that an item names, where its page depends on it. */
const linksOf: Readonly<Record<string, readonly string[]>> = {
  verify: ['/api/v1/projections', '/api/v1/invoices?period=2026-04'],
  last_month: ['/api/v1/invoices/close?period=2026-03'],
};

describe('the pages that the close list leads to', () => {
  for (const item of closeItemNames)
    it(`exist, with what they are asked for, for ${item}`, () => {
      expect(closeItemLabel(item)).not.to.equal(item);
      for (const link of linksOf[item] ?? ['/api/v1/any']) {
        const [href = ''] = (closeItemHref(item, '2026-04-01', link) ?? '').split('#', 1);
        const found = findPage(pages, href.split('?', 1)[0] ?? '');
        expect(found?.page.access, href).to.equal('admin');
        expect(found?.page.query.safeParse(parseQuery(href)).error?.message, href).to.equal(undefined);
      }
    });
});
