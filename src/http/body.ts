import { isUtf8 } from 'node:buffer';
import express from 'express';
import type { Request, Response } from 'express';
import { HttpProblem } from './problem.ts';

/** Bytes of a body, after decompression. */
export const MAX_BODY = '1mb';

const parser = express.json({
  limit: MAX_BODY,
  // A bare string or number is JSON too: the schema refuses it, with a path.
  strict: false,
  type: isJson,
  verify: (_request, _response, bytes, encoding) => {
    // Decoding would replace broken bytes silently, and something else would be recorded than was sent.
    if (encoding === 'utf-8' && !isUtf8(bytes)) throw Object.assign(new Error('not UTF-8'), { status: 400 });
  },
});

function isJson(request: { headers: { 'content-type'?: string | undefined } }): boolean {
  return /^\s*application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Reads a request's JSON body; undefined when there is none.
 * @throws {HttpProblem} 415 for another content type; errors of the parser (400, 413, 415) as `problem.ts` knows them
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  if (!isJson(request)) throw new HttpProblem('unsupported-media-type', 'send application/json', { Accept: 'application/json' });
  await new Promise<void>((resolve, reject) => {
    parser(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('the body could not be read'));
    });
  });
  return request.body as unknown;
}
