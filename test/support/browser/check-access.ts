import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What WCAG 2.2 AA asks for, as far as a program can tell, and what axe advises beside it. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Found {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}

/**
 * The violations that axe finds on a page as it stands, one a text. The script comes through the debugger,
 * so that the page keeps its own strict policy.
 */
export async function accessFaults(page: Page): Promise<string[]> {
  const isThere = await page.evaluate('typeof window.axe === "object"');
  if (isThere !== true) await page.evaluate(`${source}; undefined`);
  const options = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], elementRef: false };
  const { violations } = await page.evaluate<Found>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary = '' }) => {
      const why = failureSummary.split('\n').slice(1, 3).join(' ').trim();
      return `${id}: ${help}: ${target.join(' ')}${why === '' ? '' : ` (${why})`}`;
    }),
  );
}

/** By how many pixels the page is wider than the window; 0 where it fits. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>(
    'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
  );
}

/** What is of no use on paper and shows there: ways on, forms, and what tells that something opens. */
export const uselessOnPaper = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('main :is(nav, form, button, .button, .filters)')]
    .concat([...document.querySelectorAll('.topbar, .side, main summary .icon')])
    .filter((shown) => shown.checkVisibility())
    .map((shown) => shown.outerHTML.slice(0, 80))`);

/** What figures are out of sight on a phone: in tables of many columns that do not stand below each other. */
export const figuresOutOfSight = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('.table-scroll > table')]
    .filter((table) => table.querySelectorAll(':scope > thead > tr > th').length > 4)
    .filter((table) => table.offsetParent !== null && table.scrollWidth > table.parentElement.clientWidth + 1)
    .map((table) => table.caption.textContent)`);
