import type { Request, Response } from 'express';
import { answerOf } from '../http/call-route.ts';
import { parseQuery } from '../http/query-string.ts';
import { sendFile } from '../http/send-file.ts';
import { sendStream } from '../http/send-stream.ts';
import { inTurn } from '../http/call-route.ts';
import type { ConsoleDownload } from './download.ts';
import type { ConsoleOptions } from './options.ts';
import { paramsOf, type Person } from './person.ts';

/**
 * Sends a route's file, stream or text under the session of a person.
 * @throws {Refused} what the route refuses
 */
export async function sendDownload(
  { runtime }: ConsoleOptions,
  person: Person,
  { route, query = {} }: ConsoleDownload,
  request: Request,
  response: Response,
): Promise<void> {
  const outcome = await person.call(route, {
    params: paramsOf(request),
    query: { ...parseQuery(request.originalUrl), ...query },
  });
  if (outcome.kept) throw new Error(`${route.method} ${route.path} is no download`);
  const { result } = outcome;
  if ('file' in result) return sendFile(response, result, route.file ?? 'application/octet-stream');
  if ('stream' in result)
    return inTurn(runtime.gates.exports, () =>
      sendStream(
        response,
        result.stream,
        route.streamed?.contentType ?? 'text/plain; charset=utf-8',
        result.name,
      ),
    );
  const { body } = answerOf(route, result, runtime);
  response.type(route.text ?? 'application/json').send(body);
}
