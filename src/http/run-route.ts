import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { Refused, refuse, refuseField } from '../engine/refusal.ts';
import type { CommandMeta, Ledger } from '../engine/ledger.ts';
import { callerOfRequest } from './auth.ts';
import { readBody } from './body.ts';
import { anonymous, mayAccess } from './caller.ts';
import type { Caller } from './caller.ts';
import { correlationIdOf } from './correlation.ts';
import type { Cursors } from './cursor.ts';
import type { Deps } from './deps.ts';
import { openPage } from './page.ts';
import { parseQuery } from './query-string.ts';
import type { Route, RouteRequest, RouteResult } from './route.ts';
import { validate } from './validate.ts';

/** What the pipeline needs beside the route and the dependencies of its handler. */
export interface RouteRuntime {
  cursors: Cursors;
  /** Parses every answer with the route's response schema and fails on a mismatch: for tests. */
  checkResponses: boolean;
}

/** A successful answer, its body as the exact text that is sent. */
export interface Answer {
  status: number;
  body: string;
  position: string | null;
}

const noBody = z.strictObject({});

/** @throws {Refused} `forbidden` when the caller may not use the route */
export function requireAccess(route: Route, caller: Caller): void {
  if (!mayAccess(caller, route.access)) throw new Refused(refuse('forbidden', `this needs ${route.access === 'admin' ? 'role platform_admin' : route.access === 'integration' ? 'role service' : 'a tenant or role platform_admin'}`));
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

async function readRequest(route: Route, runtime: RouteRuntime, request: Request, response: Response, caller: Caller): Promise<Omit<RouteRequest<unknown, unknown, unknown>, 'meta'>> {
  const sent = await readBody(request, response);
  const params = validate(route.params, request.params);
  const query = validate(route.query, parseQuery(request.originalUrl));
  const body = validate(route.body ?? noBody, sent ?? {});
  const { limit, cursor, ...filters } = query;
  const binding = { route: `${route.method} ${route.path}`, params, filters, tenant: caller.admin ? null : caller.tenantId };
  return { params, query, body: route.body ? body : undefined, caller, page: openPage(runtime.cursors, { limit, cursor }, binding) };
}

function metaOf(caller: Caller, correlationId: string, commandId: string): CommandMeta {
  return { actor: { sub: caller.sub, tenant_id: caller.tenantId, roles: [...caller.roles] }, correlationId, commandId };
}

/** Turns a handler's result into the text that is sent. */
function answerOf(route: Route, result: RouteResult<unknown>, runtime: RouteRuntime): Answer {
  if (runtime.checkResponses) {
    const checked = route.response.safeParse(result.body);
    if (!checked.success) throw new Error(`the answer of ${route.method} ${route.path} does not match its schema: ${z.prettifyError(checked.error)}`);
  }
  return { status: result.status ?? route.statuses[0], body: JSON.stringify(result.body), position: result.position ?? null };
}

function send(response: Response, answer: Answer): void {
  if (answer.position !== null) response.set('Ledger-Position', answer.position);
  response.status(answer.status).type('application/json').send(answer.body);
}

/** The Express handler of a route: access, body, validation, consistency, the handler, the answer, in this order. */
export function runRoute(route: Route, deps: Deps, runtime: RouteRuntime): RequestHandler {
  return async (request, response) => {
    const caller = route.access === 'public' ? anonymous : callerOfRequest(request);
    requireAccess(route, caller);
    const read = await readRequest(route, runtime, request, response, caller);
    await waitForPosition(deps.ledger, request);
    const meta = metaOf(caller, correlationIdOf(response), deps.ledger.newId());
    const result = await route.handle({ ...read, meta }, deps);
    send(response, answerOf(route, result, runtime));
  };
}
