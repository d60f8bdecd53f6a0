import { expect } from 'chai';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { parse } from 'node-html-parser';
import { DataTable, type Column } from '../../src/console/parts/table.tsx';
import { ViewContext, type View } from '../../src/console/view-context.ts';

/** Rows of numbers, not in order. */
const rows = Array.from({ length: 25 }, (_none, index) => (index * 7) % 25);
const columns: readonly Column<number>[] = [
  { key: 'n', label: 'Number', sort: (n) => n, cell: (n) => String(n) },
];

/** The table of an address, ten rows at once. */
const tableAt = (url: string) => {
  const table = h(DataTable<number>, {
    caption: 'Numbers',
    columns,
    rows,
    rowKey: String,
    most: 10,
    totals: { n: 'All 25' },
    empty: 'There are none.',
  });
  const view = { url } as unknown as View;
  const root = parse(renderToString(h(ViewContext.Provider, { value: view }, table)));
  return {
    cells: root.querySelectorAll('tbody th, tbody td').map(({ textContent }) => Number(textContent)),
    totals: root.querySelector('tfoot')?.textContent,
    pager: root.querySelector('.pager .muted')?.textContent.replaceAll(/\s+/g, ' ').trim(),
    next: root.querySelector('.pager a[rel=next]')?.getAttribute('href') ?? null,
    sort: root.querySelector('a.sort')?.getAttribute('href'),
  };
};

describe('a list that is longer than a page', () => {
  it('comes in pages, with the totals of all', () => {
    const first = tableAt('/console/margin?period=2026-04');
    expect(first.cells).to.deep.equal(rows.slice(0, 10));
    expect([first.totals, first.pager]).to.deep.equal(['All 25', '10 of 25 rows on this page']);
    const second = tableAt(first.next ?? '');
    expect(second.cells).to.deep.equal(rows.slice(10, 20));
    const last = tableAt(second.next ?? '');
    expect(last.cells).to.deep.equal(rows.slice(20));
    expect([last.next, last.pager]).to.deep.equal([null, '5 of 25 rows on this page']);
  });

  it('is sorted as a whole, from its first page on', () => {
    const sort = tableAt('/console/margin?period=2026-04&cursor=10').sort ?? '';
    expect(new URLSearchParams(sort.split('?')[1]).has('cursor')).to.equal(false);
    const sorted = tableAt(sort);
    expect(sorted.cells).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(tableAt(sorted.next ?? '').cells[0]).to.equal(10);
  });

  it('begins anew where there is no such page', () => {
    for (const cursor of ['900', 'x', '-5'])
      expect(tableAt(`/console/margin?cursor=${cursor}`).cells).to.deep.equal(rows.slice(0, 10));
  });
});
