// The HTTP server: authenticates, counts, applies the fault script, answers, and logs each request.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../listen.ts';
import { readJson } from '../read-json.ts';
import type { ApiJson } from './json.ts';
import type { Account } from './types.ts';
import type { Actions } from './actions.ts';
import type { FaultEffect, Faults } from './faults.ts';
import type { Options } from './options.ts';
import type { RateLimiter } from './rate-limit.ts';
import { bearerToken, type Tokens } from './tokens.ts';
import type { VirtualClock } from './clock.ts';
import type { Visibility } from './visibility.ts';
import type { LoggedRequest } from './request-log.ts';
import { errorAnswer, type SimulatedAnswer } from './answer.ts';
import { answerInstead, distort } from './fault-effects.ts';
import { allows } from './scopes.ts';
import { createStalls, sendAnswer, type Stalls } from './respond.ts';
import { compileRoutes, findRoute, type RouteContext } from './route.ts';
import { inventoryEndpoints } from './routes-inventory.ts';
import { projectEndpoints } from './routes-projects.ts';
import { actionRoutes } from './routes-actions.ts';
import { billingEndpoints } from './routes-billing.ts';
import { sizeEndpoints } from './routes-sizes.ts';
import { stableUuid } from './random.ts';

export interface World {
  account: Account;
  actions: Actions;
  clock: VirtualClock;
  faults: Faults;
  limiter: RateLimiter;
  options: Options;
  random: () => number;
  requests: LoggedRequest[];
  tokens: Tokens;
  visibility: Visibility;
}

export interface RunningSimulator {
  url: string;
  close(): Promise<void>;
}

const routes = compileRoutes([
  ...projectEndpoints,
  ...actionRoutes,
  ...inventoryEndpoints,
  ...billingEndpoints,
  ...sizeEndpoints,
]);

const routeAnswer = (method: string, context: RouteContext): SimulatedAnswer => {
  const found = findRoute(routes, method, context.path);
  if (found === null) return errorAnswer(404);
  if (found === 'other-method') return errorAnswer(405);
  if (!allows(context.scopes, found.route.scope)) return errorAnswer(403);
  return found.route.handle(context, found.params);
};

interface Verdict {
  answer: SimulatedAnswer;
  /** The headers of every answer. */
  common: Record<string, string>;
  effect: FaultEffect | null;
}

/** The answer of a request. A bad token is refused first, and uses no quota. */
const judge = (
  world: World,
  entry: LoggedRequest,
  url: URL,
  base: string,
  body: ApiJson | undefined,
): Verdict => {
  const { clock, tokens, limiter, faults } = world;
  const requestId = { 'x-request-id': stableUuid(`request ${world.requests.length}`) };
  const scopes = entry.token === null ? undefined : tokens.scopesOf(entry.token);
  if (entry.token === null || scopes === undefined) {
    return {
      answer: errorAnswer(401),
      common: { ...limiter.anonymousHeaders(), ...requestId },
      effect: null,
    };
  }
  const rate = limiter.take(entry.token);
  const common = { ...rate.headers, ...requestId };
  if (!rate.allowed) return { answer: errorAnswer(429), common, effect: null };
  const effect = faults.pick({
    method: entry.method,
    path: entry.path,
    query: url.searchParams,
    token: entry.token,
    at: clock.now(),
  });
  if (effect?.kind === 'reset' && effect.when !== 'after')
    return { answer: errorAnswer(500), common, effect };
  const instead = effect === null ? null : answerInstead(effect, clock.now());
  if (instead !== null) return { answer: instead, common, effect };
  const context: RouteContext = { ...world, scopes, body, base, path: entry.path, query: url.searchParams };
  const answer = routeAnswer(entry.method, context);
  return { answer: effect === null ? answer : distort(effect, answer), common, effect };
};

const handle = async (
  world: World,
  base: string,
  request: IncomingMessage,
  response: ServerResponse,
  stalls: Stalls,
): Promise<void> => {
  const { clock, options, requests } = world;
  const url = new URL(request.url ?? '/', base);
  const body = request.method === 'GET' ? undefined : ((await readJson(request)) as ApiJson | undefined);
  clock.advance(options.requestMs);
  const entry: LoggedRequest = {
    method: request.method ?? 'GET',
    url: url.href,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    page: Number(url.searchParams.get('page') ?? '1'),
    status: null,
    token: bearerToken(request.headers.authorization),
    at: clock.iso(),
    at_ms: clock.now(),
    retry_after: null,
    fault: null,
    ...(body === undefined ? {} : { body }),
  };
  requests.push(entry);
  const { answer, common, effect } = judge(world, entry, url, base, body);
  entry.fault = effect?.kind ?? null;
  const silent = effect?.kind === 'reset' || effect?.kind === 'stall_before_headers';
  entry.status = silent ? null : answer.status;
  entry.retry_after = answer.headers?.['retry-after'] ?? common['retry-after'] ?? null;
  sendAnswer(response, answer, common, effect, stalls);
  // The answer's bytes are made: a change here shows in the next answer.
  if (effect?.kind === 'then') effect.run();
};

/** Listens on 127.0.0.1; port 0 takes a free one. */
export const startSimulatorServer = async (world: World, port: number): Promise<RunningSimulator> => {
  const stalls = createStalls();
  let base = '';
  const server = createServer((request, response) => {
    handle(world, base, request, response, stalls).catch((error: unknown) => {
      // An error in a test's callback or in a route becomes a 500 with its message.
      const failure = { status: 500, json: { id: 'simulator_error', message: String(error) } };
      if (response.headersSent) response.destroy();
      else sendAnswer(response, failure, {}, null, stalls);
    });
  });
  const listening = await listenOnLoopback(server, port);
  base = listening.url;
  return {
    url: base,
    close() {
      stalls.release();
      return listening.close();
    },
  };
};
