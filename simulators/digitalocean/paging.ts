import type { ApiJson, ApiObject } from './json.ts';
import type { Options } from './options.ts';
import { errorAnswer, jsonAnswer, type SimulatedAnswer } from './answer.ts';
import { shuffled } from './random.ts';

const MAX_PER_PAGE = 200;

export interface ListRequest {
  /** Path of the list, without query. */
  path: string;
  query: URLSearchParams;
  /** Scheme, host and port that links point to. */
  base: string;
  options: Options;
  random: () => number;
}

export interface ListStyle {
  /** Items per page when the caller names none: 20, but 25 on project resources. */
  defaultPerPage?: number;
  /** Projects and their resources name first and last even on a single page. */
  projectStyle?: boolean;
}

const positive = (text: string | null, fallback: number): number =>
  text !== null && /^\d+$/.test(text) && Number(text) >= 1 ? Number(text) : fallback;

/** Link to a page: every other filter of the request is kept, `page` is replaced. */
const pageUrl = (request: ListRequest, page: number): string => {
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  const pairs = request.options.shuffleLinkQuery ? shuffled([...query], request.random) : [...query];
  const base = request.options.linkBase ?? request.base;
  return `${base}${request.path}?${new URLSearchParams(pairs).toString()}`;
};

const pagesOf = (request: ListRequest, page: number, lastPage: number): Record<string, string> => {
  const pages: Record<string, string> = {};
  if (page > 1) {
    pages['first'] = pageUrl(request, 1);
    pages['prev'] = pageUrl(request, page - 1);
  }
  if (page < lastPage) {
    pages['next'] = pageUrl(request, page + 1);
    pages['last'] = pageUrl(request, lastPage);
  }
  return pages;
};

const singleProjectPage = (request: ListRequest): Record<string, string> => {
  const bare = `${request.options.linkBase ?? request.base}${request.path}`;
  const url = request.options.projectLinks === 'first_and_last_bare' ? bare : pageUrl(request, 1);
  return { first: url, last: url };
};

/**
 * The `links` member; undefined where the variant leaves it out. A page that has a next one always has its
 * usual links.
 */
const linksOf = (
  request: ListRequest,
  style: ListStyle,
  page: number,
  lastPage: number,
): ApiObject | undefined => {
  const pages = pagesOf(request, page, lastPage);
  if (pages['next'] === undefined) {
    switch (request.options.lastPageLinks) {
      case 'missing':
        return undefined;
      case 'pages_empty':
        return { pages: {} };
      case 'pages_null':
        return { pages: null };
      case 'next_empty':
        return { pages: { ...pages, next: '' } };
      case 'standard':
        break;
    }
  }
  if (Object.keys(pages).length > 0) return { pages };
  return style.projectStyle === true && request.options.projectLinks !== 'empty'
    ? { pages: singleProjectPage(request) }
    : {};
};

/**
 * Answers one page of a list: offset paging over the list as it is now, so a change between two pages shifts
 * items. A page past the end is an empty array with 200. `present` turns the page's items into what is
 * served.
 */
export const pageAnswer = <T>(
  request: ListRequest,
  key: string,
  items: readonly T[],
  present: (item: T) => ApiJson,
  style: ListStyle = {},
): SimulatedAnswer => {
  const asked = positive(request.query.get('per_page'), style.defaultPerPage ?? 20);
  if (asked > MAX_PER_PAGE && request.options.overMaxPerPage === 'reject') {
    return errorAnswer(422, `per_page must be at most ${MAX_PER_PAGE}.`);
  }
  const perPage = Math.min(asked, MAX_PER_PAGE);
  const page = positive(request.query.get('page'), 1);
  const lastPage = Math.max(1, Math.ceil(items.length / perPage));
  const shown = items.slice((page - 1) * perPage, page * perPage).map(present);
  return jsonAnswer({
    [key]: shown,
    links: linksOf(request, style, page, lastPage),
    meta: { total: items.length },
  });
};
