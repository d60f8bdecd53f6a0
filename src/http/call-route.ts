import { z } from 'zod';
import { canonicalJson } from '../runtime/canonical-json.ts';
import { Refused, refuse, refuseField } from '../ledger/refusal.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { freshMeta } from '../ledger/fresh-meta.ts';
import { logDeadline } from '../journal/log-deadline.ts';
import type { Answer } from './answer.ts';
import { actorOf, mayAccess, type Access, type Caller } from './caller.ts';
import type { Cursors } from './cursor.ts';
import type { Deps } from './deps.ts';
import type { Gate } from './gate.ts';
import { commandIdOf, repeatableRequest, type RepeatableRequest } from './idempotency-key.ts';
import type { Idempotency } from './idempotency.ts';
import { openPage } from './page.ts';
import type { FileResult, Route, RouteRequest, RouteResult, StreamedResult } from './route.ts';
import { validate } from './validate.ts';

/** What the pipeline needs beside the route and the dependencies of its handler. */
export interface RouteRuntime {
  cursors: Cursors;
  idempotency: Idempotency;
  /** Where heavy computations wait for their turn, and exports, which last as long as their client takes. */
  gates: { heavy: Gate; exports: Gate };
  /** Parses every answer with the route's response schema and fails on a mismatch: for tests. */
  checkResponses: boolean;
}

/** A request to a route, from HTTP or from a page of the console. Nothing of it is validated yet. */
export interface RouteCall {
  /** The values of the path's `:names`, decoded. */
  params: Readonly<Record<string, unknown>>;
  query: Readonly<Record<string, string>>;
  /** Undefined: there is none. */
  body: unknown;
  caller: Caller;
  correlationId: string;
  /** The `Idempotency-Key` header. */
  idempotencyKey: string | undefined;
  /** The `Ledger-Position` header: what the answer must include. */
  position: string | undefined;
  /** Whether a content type is preferred to JSON. */
  prefers: (contentType: string) => boolean;
}

/** What a handler answered: its result, or where requests can be repeated, the answer that is kept. */
export type CallOutcome =
  | { kept: false; result: RouteResult<unknown> | StreamedResult | FileResult }
  | { kept: true; answer: Answer; replayed: boolean };

const noBody = z.strictObject({});

const neededFor: Record<Access, string> = {
  admin: 'role platform_admin',
  integration: 'role service',
  tenant: 'a tenant or role platform_admin',
  public: 'nothing',
};

/** @throws {Refused} `forbidden` when the caller may not use the route */
export function requireAccess(route: Pick<Route, 'access'>, caller: Caller): void {
  if (!mayAccess(caller, route.access))
    throw new Refused(refuse('forbidden', `this needs ${neededFor[route.access]}`));
}

/**
 * Waits until the read models have what a `Ledger-Position` names.
 * @throws {Refused} `stale-read`, or `invalid-input` naming the header
 */
async function waitForPosition(ledger: Ledger, position: string | undefined): Promise<void> {
  if (position === undefined) return;
  try {
    await ledger.waitFor(position);
  } catch (error) {
    if (error instanceof Refused && error.refusal.refused === 'invalid-input') {
      throw new Refused(refuseField('Ledger-Position', 'not a position of this ledger'));
    }
    throw error;
  }
}

type ReadRequest = Omit<RouteRequest<unknown, unknown, unknown>, 'meta'>;

function readCall(route: Route, runtime: RouteRuntime, call: RouteCall): ReadRequest {
  const params = validate(route.params, call.params);
  const query = validate(route.query, call.query);
  const body = validate(route.body ?? noBody, call.body === undefined ? {} : call.body);
  const { limit, cursor, ...filters } = query;
  const binding = {
    route: `${route.method} ${route.path}`,
    params,
    filters,
    tenant: call.caller.admin ? null : call.caller.tenantId,
  };
  return {
    params,
    query,
    body: route.body ? body : undefined,
    caller: call.caller,
    page: openPage(runtime.cursors, { limit, cursor }, binding),
    prefers: call.prefers,
  };
}

function metaOf(
  route: Route,
  { caller, correlationId }: RouteCall,
  ledger: Ledger,
  repeatable: RepeatableRequest | null,
): CommandMeta {
  const actor = actorOf(caller);
  // A GET runs no command and needs no command id.
  if (route.method === 'GET') return { actor, correlationId, commandId: correlationId };
  if (!repeatable) return freshMeta(ledger, { actor, correlationId });
  return { actor, correlationId, commandId: commandIdOf(repeatable), idempotencyKey: repeatable.scope };
}

/**
 * @throws {Error} unless the text is exactly what the route's schema describes: nothing missing, nothing more
 */
function checkAnswer(route: Route, text: string): void {
  const sent = JSON.parse(text) as unknown;
  const parsed = route.response.safeParse(sent);
  const described = `the answer of ${route.method} ${route.path} does not match its schema`;
  if (!parsed.success) throw new Error(`${described}: ${z.prettifyError(parsed.error)}`);
  // Parsing drops what the schema does not name, and normalises.
  if (canonicalJson(parsed.data) !== canonicalJson(sent))
    throw new Error(`${described}, which reads it as ${canonicalJson(parsed.data)}: ${text}`);
}

/** Turns a handler's result into the text that is sent. */
export function answerOf(
  route: Route,
  result: RouteResult<unknown> | StreamedResult | FileResult,
  runtime: RouteRuntime,
): Answer {
  if ('stream' in result || 'file' in result)
    throw new Error(`${route.method} ${route.path} answers with a stream or a file, which can not be kept`);
  if (route.text !== undefined)
    return {
      status: result.status ?? route.statuses[0],
      body: z.string().parse(result.body),
      position: null,
    };
  const body = JSON.stringify(result.body);
  if (runtime.checkResponses) checkAnswer(route, body);
  return { status: result.status ?? route.statuses[0], body, position: result.position ?? null };
}

/** Does the work when the gate has a place for it. */
export async function inTurn<T>(gate: Gate, work: () => Promise<T>): Promise<T> {
  const leave = await gate.enter();
  try {
    return await work();
  } finally {
    leave();
  }
}

/**
 * Answers one request: access, validation, consistency, the handler, in this order.
 * @throws {Refused} what access, validation or the handler refuses
 */
export async function callRoute(
  route: Route,
  deps: Deps,
  runtime: RouteRuntime,
  call: RouteCall,
): Promise<CallOutcome> {
  requireAccess(route, call.caller);
  const read = readCall(route, runtime, call);
  const repeatable = repeatableRequest(route, call);
  const meta = metaOf(route, call, deps.ledger, repeatable);
  const run = async (): Promise<RouteResult<unknown> | StreamedResult | FileResult> => {
    // A public route shows the state of the service: it waits for no position.
    if (route.access === 'public') return route.handle({ ...read, meta }, deps);
    const ledger = deps.ledger.withDeadline(logDeadline());
    await waitForPosition(ledger, call.position);
    const handle = (within: Ledger) => route.handle({ ...read, meta }, { ...deps, ledger: within });
    // A heavy request's time limit begins when its turn comes.
    return route.heavy
      ? inTurn(runtime.gates.heavy, () => handle(deps.ledger.withDeadline(logDeadline())))
      : handle(ledger);
  };
  if (!repeatable || route.changesNothing) return { kept: false, result: await run() };
  const once = await runtime.idempotency.once(repeatable, async () => answerOf(route, await run(), runtime));
  return { kept: true, ...once };
}
