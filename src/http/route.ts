import { z } from 'zod';
import type { CommandMeta } from '../ledger/ledger.ts';
import type { Access, Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import type { Page } from './page.ts';
import { idSchema } from './schemas.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The statuses of a route beside those of problems. 503 is for `ready`, which has a body either way. */
export type Status = 200 | 201 | 202 | 503;

/** The `:names` of a path. */
type PathNames<Path extends string> = Path extends `${infer _}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? WithoutEnding<Name> | PathNames<More>
    : WithoutEnding<Rest>
  : never;

/** `id` of `id.pdf`: a path may end a name with the ending of a file. */
type WithoutEnding<Name extends string> = Name extends `${infer Bare}.${infer _}` ? Bare : Name;

type DefaultParams<Path extends string> = z.ZodObject<{ [Name in PathNames<Path>]: z.ZodString }>;
type NoQuery = z.ZodObject<Record<never, never>>;

/** A request that passed authentication, access and validation. */
export interface RouteRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  caller: Caller;
  /** For `ledger.execute`: actor, correlation id, and the ids by which a repeated request is recognised. */
  meta: CommandMeta;
  /** Limit and cursor of a list. */
  page: Page;
  /** Whether the Accept header asks for this content type rather than for JSON. */
  prefers: (contentType: string) => boolean;
}

/** A handler's answer. */
export interface RouteResult<Body> {
  body: Body;
  /** The `Ledger-Position` after a command. */
  position?: string;
  /** One of the route's statuses; the first one by default. */
  status?: Status;
}

/**
 * A handler's answer of any length, in the route's {@link StreamedForm}. Its pieces are read at the client's
 * pace; when the client leaves, the iteration is ended.
 */
export interface StreamedResult {
  stream: AsyncIterable<string>;
  /** Under which a browser saves it; default: it is shown. */
  name?: string;
}

/** A handler's answer that is a file, in the route's content type. */
export interface FileResult {
  file: Uint8Array;
  /** Under which a browser saves it. */
  name: string;
}

/** The form of an answer that is sent line by line as it is made. */
export interface StreamedForm {
  contentType: string;
  /** One line of it. */
  line: z.ZodType;
  /** What the lines are, for the API description. */
  description: string;
}

/**
 * A read-only value: literals in a handler's answer keep their narrow types without `as const`. Where the
 * schema takes any JSON, so does the handler's type: rows hold such columns as `unknown`.
 */
export type Frozen<T> = T extends object
  ? { readonly [Member in keyof T]: [z.core.util.JSONType] extends [T[Member]] ? unknown : Frozen<T[Member]> }
  : T;

/** The declaration of a route. */
export interface RouteSpec<
  Path extends string,
  Out,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> {
  method: Method;
  /** Express form: `/api/v1/deployments/:id`. */
  path: Path;
  /** Groups routes in the API description. */
  tag: string;
  /** One line for the API description. */
  summary: string;
  /** More for the API description (markdown). */
  description?: string;
  access: Access;
  /** Defaults to an id (1 to 200 characters) for each `:name`. */
  params?: Params;
  /** `z.strictObject`: other parameters are refused, and so is a parameter that is given twice. */
  query?: Query;
  /** `z.strictObject`. A request without a body counts as `{}`. */
  body?: Body;
  /** The whole JSON body of a successful answer. */
  response: z.ZodType<Out>;
  /** Success statuses, the usual one first. Default 200. */
  status?: Status | readonly [Status, ...Status[]];
  /** The content type of an answer whose body is text, sent as it is. Default: the body is JSON. */
  text?: string;
  /** The content type of a GET's answer that is a file. Default: the body is JSON. */
  file?: string;
  /** Takes a body of up to 1 MB, for many records at once. Default: up to 64 KB. */
  largeBody?: boolean;
  /** Takes a body of type `text/csv` too: it is the member `csv` of the body. */
  csv?: boolean;
  /** Only a few such requests run at a time: they compute much. */
  heavy?: boolean;
  /** A POST that changes nothing: its Idempotency-Key is accepted, and nothing is kept. */
  changesNothing?: boolean;
  /** A second form of a GET's answer, which the handler gives on request. */
  streamed?: StreamedForm;
  handle(
    request: RouteRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
    deps: Deps,
  ): Promise<RouteResult<Frozen<NoInfer<Out>>> | StreamedResult | FileResult>;
}

/** A route as the table holds it, for the pipeline. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly access: Access;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly response: z.ZodType;
  readonly statuses: readonly [Status, ...Status[]];
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly largeBody: boolean;
  readonly csv: boolean;
  readonly heavy: boolean;
  readonly changesNothing: boolean;
  readonly streamed: StreamedForm | undefined;
  readonly handle: (
    request: RouteRequest<unknown, unknown, unknown>,
    deps: Deps,
  ) => Promise<RouteResult<unknown> | StreamedResult | FileResult>;
}

/** A route of which the types are known, for callers in the same process. */
export interface TypedRoute<
  Out,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> extends Route {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body | undefined;
  readonly response: z.ZodType<Out>;
}

/** The `:names` of an Express path, in order. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/:([a-z_]+)/g)].map((match) => match[1] ?? '');
}

/** Declares a route; the handler's types follow from the schemas and the path. */
export function defineRoute<
  const Path extends string,
  const Out,
  Params extends z.ZodObject = DefaultParams<Path>,
  Query extends z.ZodObject = NoQuery,
  Body extends z.ZodType = z.ZodUndefined,
>(
  spec: RouteSpec<Path, Out, Params, Query, Body>,
): TypedRoute<NoInfer<Out>, NoInfer<Params>, NoInfer<Query>, NoInfer<Body>> {
  const statuses: readonly [Status, ...Status[]] =
    typeof spec.status === 'object' ? spec.status : [spec.status ?? 200];
  return {
    method: spec.method,
    path: spec.path,
    tag: spec.tag,
    summary: spec.summary,
    description: spec.description,
    access: spec.access,
    // The defaults of both are the defaults of their types.
    params: (spec.params ??
      z.strictObject(
        Object.fromEntries(pathNames(spec.path).map((name) => [name, idSchema])),
      )) as z.ZodObject as Params,
    query: (spec.query ?? z.strictObject({})) as z.ZodObject as Query,
    body: spec.body,
    response: spec.response,
    statuses,
    text: spec.text,
    file: spec.file,
    largeBody: spec.largeBody ?? false,
    csv: spec.csv ?? false,
    heavy: spec.heavy ?? false,
    changesNothing: spec.changesNothing ?? false,
    streamed: spec.streamed,
    // The pipeline calls it with the output of this route's schemas only.
    handle: (request, deps) => spec.handle(request as Parameters<typeof spec.handle>[0], deps),
  };
}
