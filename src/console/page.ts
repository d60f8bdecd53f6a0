import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import type { TypedRoute } from '../http/route.ts';

/** `admin`: the operator's pages. `account`: a tenant's own. `signed-in`: both. */
export type PageAccess = 'admin' | 'account' | 'signed-in';

/** The groups of the navigation, in the order of a month end. */
export const navGroups = [
  'Month end',
  'Customers',
  'Money',
  'Resources',
  'Catalog',
  'Ledger',
  'Account',
] as const;

export type NavGroup = (typeof navGroups)[number];

type Texts<Schema extends z.ZodType> = { [Name in keyof z.input<Schema>]?: string | undefined };

/** What a page may give to a route: texts, as in a URL. Empty texts are left out of the query. */
export interface AskInput<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  params?: Texts<Params>;
  query?: Texts<Query>;
  /** Of a POST that changes nothing, such as `quote`. */
  body?: z.input<Body>;
}

/**
 * Asks a route of the API as the person of the session: access, validation and handler are those of a request
 * from outside.
 * @throws {Refused} what the route refuses
 */
export type Ask = <Out, Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  route: TypedRoute<Out, Params, Query, Body>,
  input?: AskInput<Params, Query, Body>,
) => Promise<Out>;

/** What a page is made from. */
export interface PageRequest<Query> {
  ask: Ask;
  /** The values of the path's `:names`. */
  params: Readonly<Record<string, string>>;
  query: Query;
  /** Today's date (UTC) by the ledger's clock. */
  today: string;
  /** The tenant of the session; null for an admin. */
  tenantId: string | null;
}

/** The declaration of a page. */
export interface PageSpec<Query extends z.ZodObject, Data> {
  /** Express form: `/console/invoices/:id`. */
  path: string;
  access: PageAccess;
  /** Where it stands in the navigation; pages of one object stand nowhere. */
  nav?: { group: NavGroup; label: string };
  /** The path of the page that the navigation marks; default: its own. */
  within?: string;
  /** `z.strictObject` of texts, all optional: other parameters are refused. */
  query?: Query;
  /**
   * For a page whose figures may take long: its title, known before anything is asked. Such a page shows its
   * frame at once where they do, and the rest when it is there. Null where what is asked may be refused: a
   * refusal has a status of its own, and no other way to send it.
   */
  early?(request: PageView<z.output<Query>>): string | null;
  /** Asks for what is shown. */
  load(request: PageRequest<z.output<Query>>): Promise<Data>;
  title(data: NoInfer<Data>): string;
  /** Pure: the content of the page. */
  view(data: NoInfer<Data>, request: PageView<z.output<Query>>): ComponentChildren;
}

/** What a view may know beside its data. */
export type PageView<Query> = Omit<PageRequest<Query>, 'ask'>;

/** A page as the table holds it. */
export interface ConsolePage {
  readonly path: string;
  readonly access: PageAccess;
  readonly nav: { group: NavGroup; label: string } | undefined;
  readonly within: string;
  readonly query: z.ZodObject;
  readonly early: ((request: PageView<unknown>) => string | null) | undefined;
  readonly load: (request: PageRequest<unknown>) => Promise<unknown>;
  readonly title: (data: unknown) => string;
  readonly view: (data: unknown, request: PageView<unknown>) => ComponentChildren;
}

/** Declares a page; the types of its data follow from `load`. */
export function definePage<Data, Query extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  spec: PageSpec<Query, Data>,
): ConsolePage {
  return {
    path: spec.path,
    access: spec.access,
    nav: spec.nav,
    within: spec.within ?? spec.path,
    query: spec.query ?? z.strictObject({}),
    early: spec.early?.bind(spec) as ConsolePage['early'],
    // The server calls them with the output of this page's schema and of its `load` only.
    load: (request) => spec.load(request as Parameters<typeof spec.load>[0]),
    title: (data) => spec.title(data as Data),
    view: (data, request) => spec.view(data as Data, request as Parameters<typeof spec.view>[1]),
  };
}
