import type { Request, Response } from 'express';
import type { Answer } from './answer.ts';
import { MAX_BODY, MAX_LARGE_BODY, readRequestBody } from './body.ts';
import { answerOf, callRoute, inTurn, requireAccess, type RouteRuntime } from './call-route.ts';
import type { Caller } from './caller.ts';
import { correlationIdOf } from './correlation.ts';
import type { Deps } from './deps.ts';
import type { Gate } from './gate.ts';
import { parseQuery } from './query-string.ts';
import type { Route, StreamedResult } from './route.ts';
import { sendFile } from './send-file.ts';
import { sendStream } from './send-stream.ts';

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

/** Sends an export, which holds its place until its end. */
async function sendInTurn(
  gate: Gate,
  response: Response,
  { stream, name }: StreamedResult,
  contentType: string,
): Promise<void> {
  await inTurn(gate, () => sendStream(response, stream, contentType, name));
}

/** A request to a route. */
export interface Exchange {
  request: Request;
  response: Response;
  caller: Caller;
  params: Readonly<Record<string, string>>;
}

/** Answers a request to a route: access, body, validation, consistency, the handler, in this order. */
export async function runRoute(
  route: Route,
  deps: Deps,
  runtime: RouteRuntime,
  { request, response, caller, params }: Exchange,
): Promise<void> {
  requireAccess(route, caller);
  const body = await readRequestBody(request, route.largeBody ? MAX_LARGE_BODY : MAX_BODY, route.csv);
  const outcome = await callRoute(route, deps, runtime, {
    params,
    query: parseQuery(request.originalUrl),
    body,
    caller,
    correlationId: correlationIdOf(response),
    idempotencyKey: request.get('Idempotency-Key'),
    position: request.get('Ledger-Position'),
    prefers: (contentType) => request.accepts(['application/json', contentType]) === contentType,
  });
  if (outcome.kept) {
    if (outcome.replayed) response.set('Idempotency-Replayed', 'true');
    return send(response, outcome.answer, json);
  }
  const { result } = outcome;
  if ('stream' in result && route.streamed !== undefined)
    return sendInTurn(runtime.gates.exports, response, result, route.streamed.contentType);
  if ('file' in result && route.file !== undefined) return sendFile(response, result, route.file);
  send(response, answerOf(route, result, runtime), route.text ?? json);
}
