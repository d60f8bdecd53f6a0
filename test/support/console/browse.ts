import { expect } from 'chai';
import { parse, type HTMLElement } from 'node-html-parser';
import { csvRowsOf } from '../http/csv.ts';
import { adminToken, tenantToken } from '../http/tokens.ts';

/** A page as a client without JavaScript has it. */
export interface ShownPage {
  status: number;
  headers: Headers;
  html: string;
  /** Where it was found, after redirects. */
  url: string;
  root: HTMLElement;
  /** The text of the content, with single spaces. */
  text: string;
}

export interface SendOptions {
  headers?: Record<string, string>;
}

/** A browser without JavaScript: it keeps cookies, follows redirects and sends forms. */
export interface Browser {
  get(path: string, options?: SendOptions): Promise<ShownPage>;
  post(path: string, fields: Record<string, string>, options?: SendOptions): Promise<ShownPage>;
  /**
   * Fills in the form of an action on a page, and sends it.
   * @param name the action's name; `which` picks the form by one of its hidden values
   */
  submit(
    page: ShownPage,
    name: string,
    fields?: Record<string, string>,
    which?: Record<string, string>,
  ): Promise<ShownPage>;
  /** A file. */
  file(path: string): Promise<Response>;
  cookies: Map<string, string>;
}

const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Taken apart when a test first looks into it: many ask for the status and the headers alone. */
function shownPage({ status, headers }: Response, html: string, url: string): ShownPage {
  let parts: Pick<ShownPage, 'root' | 'text'> | undefined;
  const opened = (): Pick<ShownPage, 'root' | 'text'> => {
    if (parts !== undefined) return parts;
    const root = parse(html);
    return (parts = { root, text: spaced(root.querySelector('main')?.structuredText ?? '') });
  };
  return {
    status,
    headers,
    html,
    url,
    get root() {
      return opened().root;
    },
    get text() {
      return opened().text;
    },
  };
}

export function createBrowser(url: string): Browser {
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, url), {
      ...init,
      method,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...(cookie === '' ? {} : { cookie }) },
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';', 1);
      const [name = '', value = ''] = pair.split('=', 2);
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const follow = async (response: Response, path: string): Promise<ShownPage> => {
    const to = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && to !== null) {
      await response.body?.cancel();
      return follow(await send('GET', to), to);
    }
    return shownPage(response, await response.text(), path);
  };
  const post: Browser['post'] = async (path, fields, { headers = {} } = {}) =>
    follow(await send('POST', path, { body: new URLSearchParams(fields), headers }), path);
  return {
    cookies,
    async get(path, { headers = {} } = {}) {
      return follow(await send('GET', path, { headers }), path);
    },
    post,
    async submit(page, name, fields = {}, which = {}) {
      const form = formsOf(page, name).find((one) =>
        Object.entries(which).every(([field, value]) => fieldsOfForm(one)[field] === value),
      );
      expect(form, `a form of ${name} at ${page.url}`).not.to.equal(undefined);
      return form === undefined
        ? page
        : post(form.getAttribute('action') ?? '', { ...fieldsOfForm(form), ...fields });
    },
    file: (path) => send('GET', path),
  };
}

/** The forms of an action on a page. */
export const formsOf = (page: ShownPage, name: string): HTMLElement[] =>
  page.root.querySelectorAll(`form[action="/console/do/${name}"]`);

/** What a form would send as it stands. */
export function fieldsOfForm(form: HTMLElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const input of form.querySelectorAll('input[name], textarea[name]')) {
    if (input.getAttribute('type') === 'checkbox' && !input.hasAttribute('checked')) continue;
    fields[input.getAttribute('name') ?? ''] =
      input.tagName === 'TEXTAREA'
        ? input.textContent
        : (input.getAttribute('value') ?? (input.getAttribute('type') === 'checkbox' ? 'on' : ''));
  }
  for (const select of form.querySelectorAll('select[name]')) {
    const chosen = select.querySelector('option[selected]') ?? select.querySelector('option');
    fields[select.getAttribute('name') ?? ''] = chosen?.getAttribute('value') ?? '';
  }
  return fields;
}

/** The rows of a table by its caption, each with its texts by the heads of the columns. */
export function tableOf(page: ShownPage, caption: string): Record<string, string>[] {
  const table = page.root
    .querySelectorAll('table')
    .find((one) => spaced(one.querySelector('caption')?.textContent ?? '').startsWith(caption));
  expect(table, `a table ${caption} at ${page.url}`).not.to.equal(undefined);
  // What phones show in the place of other columns is in these columns here.
  for (const narrow of table?.querySelectorAll('.narrow-only') ?? []) narrow.remove();
  const textOf = (cell: HTMLElement): string => spaced(cell.textContent.replaceAll(/[↕↑↓]/g, ''));
  const heads = (table?.querySelectorAll('thead th') ?? []).map(textOf);
  return (table?.querySelectorAll('tbody > tr') ?? [])
    .filter((row) => !row.classList.contains('row-below'))
    .map((row) =>
      Object.fromEntries(
        row.querySelectorAll('> th, > td').map((cell, index) => [heads[index] ?? '', textOf(cell)]),
      ),
    );
}

/** The rows of the CSV that a page leads to. */
export async function csvAt(
  browser: Browser,
  page: ShownPage,
  file: string,
): Promise<Record<string, string>[]> {
  const href = page.root.querySelector(`a[href^="/console/files/${file}"]`)?.getAttribute('href');
  expect(href, `a link to ${file} at ${page.url}`).not.to.equal(undefined);
  const sent = await browser.file((href ?? '').replaceAll('&amp;', '&'));
  expect(sent.status).to.equal(200);
  return csvRowsOf(await sent.text());
}

/** A browser that is signed in with a token. */
export async function signedIn(url: string, token: string): Promise<Browser> {
  const browser = createBrowser(url);
  const page = await browser.post('/console/sign-in', { token, to: '/console/design' });
  expect(page.status, page.text).to.equal(200);
  return browser;
}

export const operatorAt = (url: string): Promise<Browser> => signedIn(url, adminToken());

export const tenantAt = (url: string, tenant: string): Promise<Browser> => signedIn(url, tenantToken(tenant));
