import { findPage } from '../../../src/console/open-page.ts';
import type { ConsolePage } from '../../../src/console/page.ts';
import { createBrowser, type Browser } from './browse.ts';

/** The start page, and the one page that no other leads to. */
const samples = '/console/design';
const starts = ['/console', samples];

/** What following the links of the console found. */
export interface Crawled {
  /** An address of each page, by the path of its declaration. */
  addresses: Map<string, string>;
  /** Links that lead to no page, as `from -> to: status`. */
  dead: string[];
}

/** How many addresses of a page are opened: they have the same parts, and one of them may be empty. */
const mostOfPage = 2;

const decoded = (html: string): string =>
  html.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/** The addresses of the console that a page links to, without their fragments, and that of its search. */
function linksOf(html: string): string[] {
  const search = /<form class="search" action="([^"]+)"/.exec(html)?.[1];
  return [...(search === undefined ? [] : [`${search}?q=2026`]), ...hrefsOf(html)];
}

function hrefsOf(html: string): string[] {
  return [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)]
    .map(([, href = '']) => decoded(href).split('#')[0] ?? '')
    .filter((href) => /^\/console(?:[/?]|$)/.test(href) && !href.startsWith('/console/assets/'));
}

/**
 * Follows links from the start page of a person until every page that can be reached was seen. Redirects are
 * links, too.
 */
export async function crawl(pages: readonly ConsolePage[], person: Pick<Browser, 'file'>): Promise<Crawled> {
  const found: Crawled = { addresses: new Map(), dead: [] };
  const seen = new Set(starts);
  const opened = new Map<string, number>();
  const queue = starts.map((to) => ({ from: 'the start', to }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [path = ''] = next.to.split('?', 1);
    const pattern = findPage(pages, path)?.page.path ?? path.replace(/[^/]{20,}/, ':id');
    // What a query shows otherwise is another view of the page.
    const view = next.to.includes('?') ? `${pattern}?` : pattern;
    const times = opened.get(view) ?? 0;
    if (times >= mostOfPage) continue;
    opened.set(view, times + 1);
    const answer = await person.file(next.to);
    const { status, headers } = answer;
    const isPage = (headers.get('content-type') ?? '').startsWith('text/html');
    const html = isPage ? await answer.text() : '';
    if (!isPage) await answer.body?.cancel();
    if (status >= 400) found.dead.push(`${next.from} -> ${next.to}: ${status}`);
    else if (status === 200 && findPage(pages, path) !== null && !found.addresses.has(pattern))
      found.addresses.set(pattern, next.to);
    // Its links are samples.
    if (path === samples) continue;
    const led = headers.get('location');
    for (const to of led === null ? linksOf(html) : [led]) {
      if (seen.has(to)) continue;
      seen.add(to);
      queue.push({ from: next.to, to });
    }
  }
  return found;
}

/** A person without JavaScript who has signed in by a link. */
export async function byLink(url: string, link: string): Promise<Browser> {
  const browser = createBrowser(url);
  const { status } = await browser.get(link);
  if (status !== 200 || browser.cookies.size === 0) throw new Error(`${link} did not sign in: ${status}`);
  return browser;
}
