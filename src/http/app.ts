import express from 'express';
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import type { Logger } from '../runtime/logger.ts';
import { nameRoute } from '../metrics/measure-http.ts';
import { setStandardHeaders, type Watcher } from './arrival.ts';
import { authenticate, type AuthOptions } from './auth.ts';
import { requireAccess, type RouteRuntime } from './call-route.ts';
import { anonymous, mayAccess, type Caller } from './caller.ts';
import { correlate, correlationIdOf } from './correlation.ts';
import { createCursors } from './cursor.ts';
import type { Deps } from './deps.ts';
import type { Idempotency } from './idempotency.ts';
import { docsRouter } from './docs.ts';
import { createGate } from './gate.ts';
import { limitRequests } from './limit-requests.ts';
import { isOutage } from './outage.ts';
import { HttpProblem, problemFor } from './problem.ts';
import { logRequests } from './request-log.ts';
import type { Route } from './route.ts';
import { createRouteTable, type RoutePath, type RouteTable } from './route-table.ts';
import { runRoute } from './run-route.ts';

/** How the HTTP service is set up. */
export interface AppOptions {
  routes: readonly Route[];
  auth: AuthOptions;
  /** Origins that browsers may call from (`CORS_ORIGINS`); `*` for all. Empty: none. */
  corsOrigins: readonly string[];
  /** Signs list cursors: the same on every node (the JWT secret serves). */
  cursorSecret: string;
  idempotency: Idempotency;
  logger: Logger;
  /** The pages of the console, under `/console`; `/` leads there. Default: none. */
  console?: (runtime: RouteRuntime) => RequestHandler;
  /** Run first for every request: to count it, and to close its connection while the process stops. */
  watchers?: readonly Watcher[];
  /** The most requests a minute of one subject, or of one address without a token; default: no limit. */
  ratePerMinute?: number | null;
  /** Parses every answer with its schema: for tests. */
  checkResponses?: boolean;
}

/** Answers an error as a problem document. */
function answerProblem(logger: Logger): (error: unknown, response: Response) => void {
  return (error, response) => {
    const { problem, headers, unexpected } = problemFor(error, isOutage);
    if (unexpected) logger.error({ err: error, correlation_id: correlationIdOf(response) }, problem.title);
    // An answer that has begun is cut off, so that no client takes it for complete.
    if (response.headersSent) return void response.destroy();
    response
      .status(problem.status)
      .set(headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  };
}

/**
 * A 405 with what a path takes; for a caller who may use none of its routes a 403: it learns nothing of the
 * methods.
 */
function refuseMethod({ byMethod, allow }: RoutePath, caller: Caller): never {
  const routes = [...byMethod.values()];
  const [first] = routes;
  if (first !== undefined && !routes.some(({ access }) => mayAccess(caller, access)))
    requireAccess(first, caller);
  throw new HttpProblem('method-not-allowed', `this path takes ${allow}`, { Allow: allow });
}

/** An Express application that knows its table of routes. */
export type ServedApp = Express & { readonly table: RouteTable };

/** Limits on heavy computations, and on exports, which last as long as their clients take to read them. */
const heavyLimits = { atOnce: 4, waiting: 200, waitMs: 10_000 };
const exportLimits = { atOnce: 4, waiting: 20, waitMs: 10_000 };

const isApi = (path: string): boolean => /^\/api\/v1(?:\/|$)/i.test(path);

/** Answers a request by the table; false: it has no such path. */
type AnswerByTable = (request: Request, response: Response, caller: Caller) => Promise<boolean>;

function answerByTable(table: RouteTable, deps: Deps, runtime: RouteRuntime): AnswerByTable {
  return async (request, response, caller) => {
    const match = table.find(request.method, request.path);
    if (match === null) return false;
    const { at, route, params } = match;
    nameRoute(response, at.path);
    if (route === null) refuseMethod(at, caller);
    await runRoute(route, deps, runtime, { request, response, caller, params });
    return true;
  };
}

const nothingHere = (): HttpProblem => new HttpProblem('unknown-path', 'there is nothing at this path');

/**
 * The HTTP service. A request passes, in this order: correlation id, CORS, 401 and tenant-less 403 (under
 * `/api/v1`), 429, access 403, 404 and 405, the body's 400, 413 and 415, validation's 422, then the handler.
 */
export function createApp(deps: Deps, options: AppOptions): ServedApp {
  const app = express();
  // An ETag costs a hash of each body and saves nothing here; `readRequest` parses the query string.
  app.set('etag', false).set('query parser', false).disable('x-powered-by');
  const runtime = {
    cursors: createCursors(options.cursorSecret),
    idempotency: options.idempotency,
    checkResponses: options.checkResponses ?? false,
    gates: { heavy: createGate(heavyLimits), exports: createGate(exportLimits) },
  };
  const limits = limitRequests(options.ratePerMinute ?? null);
  const authenticated = authenticate(options.auth);
  const table = createRouteTable(options.routes);
  const answer = answerByTable(table, deps, runtime);
  const problem = answerProblem(options.logger);
  const watchers = [
    correlate(() => deps.ledger.newId()),
    ...(options.watchers ?? []),
    logRequests(options.logger),
  ];
  const setHeaders = setStandardHeaders(options.corsOrigins);

  /** The only way into the API. It runs before Express' router, which would take as long as all of this. */
  const answerApi = async (request: Request, response: Response): Promise<void> => {
    let caller: Caller | Promise<Caller>;
    try {
      caller = authenticated(request, response);
      if (caller instanceof Promise) caller = await caller;
    } catch (error) {
      throw limits.refused(request, error);
    }
    limits.bySubject(caller);
    if (!(await answer(request, response, caller))) throw nothingHere();
  };
  app.use((request, response, next) => {
    for (const watch of watchers) watch(request, response);
    const api = isApi(request.path);
    // Answers of the API are for one caller: no cache may keep them, errors included.
    if (api) response.setHeader('Cache-Control', 'no-store');
    void setHeaders(request, response, (error) => {
      if (error !== undefined || !api) return next(error);
      answerApi(request, response).catch((refused: unknown) => {
        problem(refused, response);
      });
    });
  });
  app.use(limits.open);
  app.use(docsRouter(options.routes));
  app.use(async (request, response, next) => {
    if (!(await answer(request, response, anonymous))) next();
  });
  if (options.console !== undefined) {
    app.get('/', (_request, response) => {
      response.redirect(303, '/console');
    });
    // Browsers ask for it beside what is no page: the files that a page leads to.
    app.get('/favicon.ico', (_request, response) => {
      response.redirect(308, '/console/icon.svg');
    });
    app.use('/console', options.console(runtime));
  }
  app.use(() => {
    throw nothingHere();
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    problem(error, response);
  };
  app.use(onError);
  return Object.assign(app, { table });
}
