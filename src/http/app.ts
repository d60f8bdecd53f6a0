import cors from 'cors';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { Logger } from '../runtime/logger.ts';
import { nameRoute } from '../metrics/measure-http.ts';
import { authenticate, callerOfRequest, type AuthOptions } from './auth.ts';
import { requireAccess, type RouteRuntime } from './call-route.ts';
import { mayAccess } from './caller.ts';
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
  watchers?: readonly RequestHandler[];
  /** The most requests a minute of one subject, or of one address without a token; default: no limit. */
  ratePerMinute?: number | null;
  /** Parses every answer with its schema: for tests. */
  checkResponses?: boolean;
}

/**
 * Pages load from this service alone; the API page needs inline styles. Requests are not upgraded to HTTPS:
 * behind a proxy the service may be served over plain HTTP.
 */
const contentSecurity = {
  'style-src': ["'self'", "'unsafe-inline'"],
  'font-src': ["'self'", 'data:'],
  'upgrade-insecure-requests': null,
};

/** Answers every error as a problem document. */
function answerProblems(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
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

/** Answers a request to a known path with a method that it does not take. */
function otherMethods(routes: readonly Route[]): RequestHandler {
  const methods = new Set(routes.map((route) => route.method as string));
  if (methods.has('GET')) methods.add('HEAD');
  const allow = [...methods].join(', ');
  return (request, response) => {
    const [first] = routes;
    if (first) nameRoute(response, first.path);
    // A caller who may use none of the path's routes learns nothing of its methods.
    if (
      first &&
      first.access !== 'public' &&
      !routes.some((route) => mayAccess(callerOfRequest(request), route.access))
    )
      requireAccess(first, callerOfRequest(request));
    throw new HttpProblem('method-not-allowed', `this path takes ${allow}`, { Allow: allow });
  };
}

/** Limits on heavy computations, and on exports, which last as long as their clients take to read them. */
const heavyLimits = { atOnce: 4, waiting: 200, waitMs: 10_000 };
const exportLimits = { atOnce: 4, waiting: 20, waitMs: 10_000 };

const isApi = (path: string): boolean => /^\/api\/v1(?:\/|$)/i.test(path);

/** Answers of the API are for one caller: no cache may keep them, errors included. */
const neverKept: RequestHandler = (request, response, next) => {
  if (isApi(request.path)) response.setHeader('Cache-Control', 'no-store');
  next();
};

const expressMethod = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** The collection of a path: its first three segments, as in `/api/v1/deployments`. */
const collectionOf = (path: string): string => path.split('/', 4).join('/').toLowerCase();

/**
 * A router for each collection of paths: Express tries the routes of a router one by one, which over the
 * whole table takes longer than the rest of a simple request. `stack` lists every route, as a router's does.
 */
function routeRequests(
  deps: Deps,
  options: AppOptions,
  runtime: RouteRuntime,
): RequestHandler & { stack: Router['stack'] } {
  const routers = new Map<string, Router>();
  for (const collection of new Set(options.routes.map((route) => collectionOf(route.path)))) {
    const routes = options.routes.filter((route) => collectionOf(route.path) === collection);
    const router = express.Router();
    routers.set(collection, router);
    for (const route of routes)
      router[expressMethod[route.method]](route.path, runRoute(route, deps, runtime));
    for (const path of new Set(routes.map((route) => route.path)))
      router.route(path).all(otherMethods(routes.filter((route) => route.path === path)));
  }
  const dispatch: RequestHandler = (request, response, next) => {
    const router = routers.get(collectionOf(request.path));
    if (router === undefined) next();
    else router(request, response, next);
  };
  return Object.assign(dispatch, { stack: [...routers.values()].flatMap((router) => router.stack) });
}

/**
 * The HTTP service. A request passes, in this order: correlation id, CORS, 401 and tenant-less 403 (under
 * `/api/v1`), 429, access 403, 404 and 405, the body's 400, 413 and 415, validation's 422, then the handler.
 */
export function createApp(deps: Deps, options: AppOptions): Express {
  const app = express();
  // An ETag costs a hash of each body and saves nothing here; `readRequest` parses the query string.
  app.set('etag', false).set('query parser', false).disable('x-powered-by');
  app.use(
    correlate(() => deps.ledger.newId()),
    ...(options.watchers ?? []),
  );
  app.use(logRequests(options.logger), neverKept);
  app.use(helmet({ contentSecurityPolicy: { directives: contentSecurity } }));
  app.use(
    cors({
      origin: options.corsOrigins.includes('*') ? '*' : [...options.corsOrigins],
      exposedHeaders: ['Ledger-Position', 'Idempotency-Replayed', 'X-Correlation-Id', 'Retry-After'],
      maxAge: 600,
    }),
  );
  const limits = limitRequests(options.ratePerMinute ?? null);
  const authenticated = authenticate(options.auth);
  app.use((request, response, next) => {
    if (isApi(request.path)) next();
    else limits.open(request, response, next);
  });
  app.use(docsRouter(options.routes));
  app.use(
    '/api/v1',
    (request, response, next) => {
      authenticated(request, response, (error?: unknown) => {
        next(error === undefined ? undefined : limits.refused(request, error));
      });
    },
    limits.bySubject,
  );
  const runtime = {
    cursors: createCursors(options.cursorSecret),
    idempotency: options.idempotency,
    checkResponses: options.checkResponses ?? false,
    gates: { heavy: createGate(heavyLimits), exports: createGate(exportLimits) },
  };
  app.use(routeRequests(deps, options, runtime));
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
    throw new HttpProblem('unknown-path', 'there is nothing at this path');
  });
  app.use(answerProblems(options.logger));
  return app;
}
