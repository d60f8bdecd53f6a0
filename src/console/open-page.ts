import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Flash } from '../database/console-sessions.ts';
import { parseQuery } from '../http/query-string.ts';
import { validate } from '../http/validate.ts';
import { Refused, refuse } from '../ledger/refusal.ts';
import type { Draft } from './draft.ts';
import type { ConsoleOptions, Patience } from './options.ts';
import type { ConsolePage } from './page.ts';
import { mayOpen, type Person } from './person.ts';
import type { Shows } from './show.tsx';

/** What a page is opened with: its address, and a form that was sent and not carried out. */
export interface Opening {
  page: ConsolePage;
  params: Readonly<Record<string, string>>;
  /** Path and query. */
  url: string;
  status?: number;
  draft?: Draft | null;
  flash?: Flash | null;
}

/**
 * Asks for what a page shows, and shows it.
 * @throws {Refused} what the page's query or its routes refuse
 */
export async function openPage(
  { deps, patience }: Pick<ConsoleOptions, 'deps' | 'patience'>,
  shows: Shows,
  person: Person,
  { request, response }: { request: Request; response: Response },
  opening: Opening,
): Promise<void> {
  const { page, params, url } = opening;
  if (!mayOpen(person.caller, page.access))
    throw new Refused(
      refuse('forbidden', person.caller.admin ? 'this page is for tenants' : 'this page is for the operator'),
    );
  const given = {
    params,
    query: validate(page.query, filled(parseQuery(url))),
    today: deps.ledger.now().slice(0, 10),
    tenantId: person.caller.tenantId,
  };
  const { draft = null, status = 200 } = opening;
  const frame = {
    page,
    url,
    session: person.session,
    draft,
    ...(opening.flash === undefined ? {} : { flash: opening.flash }),
  };
  const loading = page.load({ ...given, ask: person.ask });
  const early = page.early?.(given) ?? null;
  if (early !== null && (await isSlow(loading, patience)))
    shows.begin(request, response, frame, { status, title: early });
  const data = await loading;
  await shows.page(request, response, frame, {
    status,
    title: page.title(data),
    body: page.view(data, given),
  });
}

/** Most pages are there by then, with the right status if something is wrong. */
const patienceMs = 150;

const usual: Patience = (signal) => delay(patienceMs, undefined, { signal }).catch(() => undefined);

/** Whether something is still under way when patience ends. */
async function isSlow(work: Promise<unknown>, patience: Patience = usual): Promise<boolean> {
  const done = new AbortController();
  const ended = work.then(
    () => false,
    () => false,
  );
  const isWaiting = await Promise.race([ended, patience(done.signal).then(() => true)]);
  done.abort();
  return isWaiting;
}

/** A form of filters sends empty fields, too: they filter nothing. */
const filled = (query: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

/** The page of an address, with the values of its `:names`; null where there is none. */
export function findPage(
  pages: readonly ConsolePage[],
  path: string,
): { page: ConsolePage; params: Record<string, string> } | null {
  const parts = path.split('/');
  let found: { page: ConsolePage; params: Record<string, string> } | null = null;
  for (const page of pages) {
    const names = page.path.split('/');
    if (names.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const matches = names.every((name, index) => {
      const part = parts[index] ?? '';
      if (!name.startsWith(':')) return name === part;
      const value = decoded(part);
      if (value === null || value === '') return false;
      params[name.slice(1)] = value;
      return true;
    });
    // Of two that match, the one with fewer names is meant: `/invoices/preview` before `/invoices/:id`.
    if (matches && (found === null || Object.keys(params).length < Object.keys(found.params).length))
      found = { page, params };
  }
  return found;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
