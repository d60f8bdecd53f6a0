import type { Caller } from '../http/caller.ts';
import { callRoute, type CallOutcome, type RouteRuntime } from '../http/call-route.ts';
import type { Deps } from '../http/deps.ts';
import type { Route } from '../http/route.ts';
import type { Ask } from './page.ts';

/** A request of a page or a form to a route. */
export interface ConsoleCall {
  params?: Readonly<Record<string, string | undefined>>;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  idempotencyKey?: string;
}

/** Asks routes for one request of a person. */
export interface Asking {
  caller: Caller;
  correlationId: string;
  /** What the answers have to include. */
  position: string | null;
}

export type CallAsPerson = (route: Route, call: ConsoleCall) => Promise<CallOutcome>;

const filled = (query: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );

/** Calls routes as the person of a session. */
export function callsOf(deps: Deps, runtime: RouteRuntime, asking: Asking): CallAsPerson {
  return (route, { params = {}, query = {}, body, idempotencyKey }) =>
    callRoute(route, deps, runtime, {
      params,
      query: filled(query),
      body,
      caller: asking.caller,
      correlationId: asking.correlationId,
      idempotencyKey,
      position: asking.position ?? undefined,
      prefers: () => false,
    });
}

/** The body and the position of what a handler answered. */
export function answered(outcome: CallOutcome): { body: unknown; position: string | null } {
  if (outcome.kept)
    return { body: JSON.parse(outcome.answer.body) as unknown, position: outcome.answer.position };
  const { result } = outcome;
  if (!('body' in result)) throw new Error('a file or a stream is no part of a page: make it a download');
  return { body: result.body, position: result.position ?? null };
}

/** {@link Ask} over these calls. */
export function askBy(call: CallAsPerson): Ask {
  const ask = async (route: Route, input: ConsoleCall = {}): Promise<unknown> =>
    answered(await call(route, input)).body;
  // The body is what the route's handler answers, whose type is that of its schema.
  return ask as Ask;
}
