import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { canonicalJson } from '../runtime/canonical-json.ts';
import { Refused, refuse, refuseField } from '../ledger/refusal.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { logDeadline } from '../journal/log-deadline.ts';
import type { Answer } from './answer.ts';
import { callerOfRequest } from './auth.ts';
import { MAX_BODY, MAX_LARGE_BODY, readRequestBody } from './body.ts';
import { anonymous, mayAccess, type Access, type Caller } from './caller.ts';
import { correlationIdOf } from './correlation.ts';
import type { Cursors } from './cursor.ts';
import type { Deps } from './deps.ts';
import type { Gate } from './gate.ts';
import { commandIdOf, repeatableRequest, type RepeatableRequest } from './idempotency-key.ts';
import type { Idempotency } from './idempotency.ts';
import { openPage } from './page.ts';
import { nameRoute } from '../metrics/measure-http.ts';
import { parseQuery } from './query-string.ts';
import type { FileResult, Route, RouteRequest, RouteResult, StreamedResult } from './route.ts';
import { sendFile } from './send-file.ts';
import { sendStream } from './send-stream.ts';
import { validate } from './validate.ts';
import { freshMeta } from '../ledger/fresh-meta.ts';

/** What the pipeline needs beside the route and the dependencies of its handler. */
export interface RouteRuntime {
  cursors: Cursors;
  idempotency: Idempotency;
  /** Where heavy computations wait for their turn, and exports, which last as long as their client takes. */
  gates: { heavy: Gate; exports: Gate };
  /** Parses every answer with the route's response schema and fails on a mismatch: for tests. */
  checkResponses: boolean;
}

const noBody = z.strictObject({});

const neededFor: Record<Access, string> = {
  admin: 'role platform_admin',
  integration: 'role service',
  tenant: 'a tenant or role platform_admin',
  public: 'nothing',
};

/** @throws {Refused} `forbidden` when the caller may not use the route */
export function requireAccess(route: Route, caller: Caller): void {
  if (!mayAccess(caller, route.access))
    throw new Refused(refuse('forbidden', `this needs ${neededFor[route.access]}`));
}

/**
 * Waits until the read models have what the client's `Ledger-Position` header names.
 * @throws {Refused} `stale-read`, or `invalid-input` naming the header
 */
async function waitForPosition(ledger: Ledger, request: Request): Promise<void> {
  const position = request.get('Ledger-Position');
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

/** A request as it was read, before it has the metadata of a command. */
interface ReadRequest {
  request: Omit<RouteRequest<unknown, unknown, unknown>, 'meta'>;
  repeatable: RepeatableRequest | null;
}

async function readRequest(
  route: Route,
  runtime: RouteRuntime,
  request: Request,
  caller: Caller,
): Promise<ReadRequest> {
  const sent = await readRequestBody(request, route.largeBody ? MAX_LARGE_BODY : MAX_BODY, route.csv);
  const params = validate(route.params, request.params);
  const query = validate(route.query, parseQuery(request.originalUrl));
  const body = validate(route.body ?? noBody, sent === undefined ? {} : sent);
  const { limit, cursor, ...filters } = query;
  const binding = {
    route: `${route.method} ${route.path}`,
    params,
    filters,
    tenant: caller.admin ? null : caller.tenantId,
  };
  return {
    request: {
      params,
      query,
      body: route.body ? body : undefined,
      caller,
      page: openPage(runtime.cursors, { limit, cursor }, binding),
      prefers: (contentType) => request.accepts(['application/json', contentType]) === contentType,
    },
    repeatable: repeatableRequest(route, request, caller, sent),
  };
}

function metaOf(
  route: Route,
  caller: Caller,
  correlationId: string,
  ledger: Ledger,
  repeatable: RepeatableRequest | null,
): CommandMeta {
  const actor = { sub: caller.sub, tenant_id: caller.tenantId, roles: [...caller.roles] };
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
function answerOf(
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

const json = 'application/json; charset=utf-8';

function send(response: Response, answer: Answer, contentType: string): void {
  if (answer.position !== null) response.setHeader('Ledger-Position', answer.position);
  // Not by Express's `send`: it derives type, length and freshness again, which takes a tenth of the time of
  // a small request.
  response.statusCode = answer.status;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.end(answer.body);
}

/** Does the work when the gate has a place for it. */
async function inTurn<T>(gate: Gate, work: () => Promise<T>): Promise<T> {
  const leave = await gate.enter();
  try {
    return await work();
  } finally {
    leave();
  }
}

/** Sends an export, which holds its place until its end. */
async function sendInTurn(
  gate: Gate,
  response: Response,
  pieces: AsyncIterable<string>,
  contentType: string,
): Promise<void> {
  await inTurn(gate, () => sendStream(response, pieces, contentType));
}

/**
 * The Express handler of a route: access, body, validation, consistency, the handler, the answer, in this
 * order.
 */
export function runRoute(route: Route, deps: Deps, runtime: RouteRuntime): RequestHandler {
  return async (request, response) => {
    nameRoute(response, route.path);
    const caller = route.access === 'public' ? anonymous : callerOfRequest(request);
    requireAccess(route, caller);
    const { request: read, repeatable } = await readRequest(route, runtime, request, caller);
    const meta = metaOf(route, caller, correlationIdOf(response), deps.ledger, repeatable);
    const run = async (): Promise<RouteResult<unknown> | StreamedResult | FileResult> => {
      // A public route shows the state of the service: it waits for no position.
      if (route.access === 'public') return route.handle({ ...read, meta }, deps);
      const ledger = deps.ledger.withDeadline(logDeadline());
      await waitForPosition(ledger, request);
      const handle = (within: Ledger) => route.handle({ ...read, meta }, { ...deps, ledger: within });
      // A heavy request's time limit begins when its turn comes.
      return route.heavy
        ? inTurn(runtime.gates.heavy, () => handle(deps.ledger.withDeadline(logDeadline())))
        : handle(ledger);
    };
    if (!repeatable || route.changesNothing) {
      const result = await run();
      if ('stream' in result && route.streamed !== undefined)
        return sendInTurn(runtime.gates.exports, response, result.stream, route.streamed.contentType);
      if ('file' in result && route.file !== undefined) return sendFile(response, result, route.file);
      return send(response, answerOf(route, result, runtime), route.text ?? json);
    }
    const { answer, replayed } = await runtime.idempotency.once(repeatable, async () =>
      answerOf(route, await run(), runtime),
    );
    if (replayed) response.set('Idempotency-Replayed', 'true');
    send(response, answer, json);
  };
}
