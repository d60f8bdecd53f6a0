import { NodeType, type HTMLElement, type Node } from 'node-html-parser';
import type { ConsolePage } from '../../../src/console/page.ts';
import type { ShownPage } from './browse.ts';

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/;

/** Where what stands is as it was recorded or typed: data of events, parts of programs, fields. */
const asRecorded = 'pre, code, kbd, textarea, option, .members, .id, .sr';

/** Objects without a past that can be picked, and why. */
const withoutPast: Readonly<Record<string, string>> = {
  '/console/journal/:position': 'an event never changes',
  '/console/jobs/runs/:id': 'a run is kept for 90 days and is no part of the ledger',
  '/console/verifications/:id': 'a verification is kept for 90 days and is no part of the ledger',
  '/console/what-if/:id': 'a comparison is kept as it was computed',
};

/** Tables of one order: of time, of figures under one another, of reasons, of a chart's days. */
const inOneOrder = /^(Events|Invoices, notes and payments|Versions of|.* that no revenue covers|.* by day)/;

/** Texts of a page in the order of their places, without those as they were recorded. */
function* textsOf(root: HTMLElement): Generator<string> {
  for (const node of root.childNodes) {
    if (node.nodeType === NodeType.TEXT_NODE) yield node.text;
    else if (isElement(node) && !node.matches(asRecorded)) yield* textsOf(node);
  }
}

const isElement = (node: Node): node is HTMLElement => node.nodeType === NodeType.ELEMENT_NODE;

/** What every page owes its reader, and this one lacks. */
export function pageFaults(page: ConsolePage, { root }: Pick<ShownPage, 'root'>): string[] {
  const main = root.querySelector('main');
  if (main === null) return ['no content'];
  const faults: string[] = [];
  const has = (selector: string): boolean => main.querySelector(selector) !== null;

  const fresh = main.querySelector('.freshness')?.text ?? '';
  if (!/As of position [\d,]+(, nothing behind|, [\d,]+ of [\d,]+ events behind)/.test(fresh))
    faults.push('does not say as of which position it is');

  for (const text of textsOf(main)) {
    const said = text.trim();
    if (uuid.test(said)) faults.push(`an id that does not copy: ${said}`);
    if (/\b\w+_cents\b|\[object |\bundefined\b|\bNaN\b/.test(said)) faults.push(`for programs: ${said}`);
    if (/\b(GET|POST|PUT|PATCH|DELETE) [a-z/]/.test(said)) faults.push(`a route of the API: ${said}`);
  }
  for (const id of main.querySelectorAll('.id'))
    if (id.querySelector('button[data-copy]') === null) faults.push(`an id without its button: ${id.text}`);

  const isObject = page.path.includes(':');
  if (isObject && !(page.path in withoutPast) && !has('.as-of form'))
    faults.push('no picker of a past moment');
  // What is no part of the ledger has no events, but for the run of a job, which causes some.
  const hasEvents = !(page.path in withoutPast) || page.path === '/console/jobs/runs/:id';
  if (isObject && hasEvents && page.access === 'admin' && !has('a[href*="/console/journal"]'))
    faults.push('no link to its events');

  for (const table of main.querySelectorAll('table')) {
    const caption = table.querySelector('caption')?.text ?? '';
    if (caption === '') faults.push('a table without a caption');
    const rows = table.querySelectorAll('tbody > tr:not(.row-below)').length;
    const isSortable = table.querySelector('.sort') !== null;
    if (rows > 20 && !isSortable && !inOneOrder.test(caption))
      faults.push(`${caption}: ${rows} rows that do not sort`);
  }
  return [...new Set(faults)];
}
