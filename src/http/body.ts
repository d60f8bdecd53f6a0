import { isUtf8 } from 'node:buffer';
import type { Request } from 'express';
import { Refused, refuse } from '../ledger/refusal.ts';
import { countJsonNodes } from '../runtime/json-nodes.ts';
import { HttpProblem } from './problem.ts';

/** The most bytes of a body: for most routes, and for those that take many records at once. */
export const MAX_BODY = 64 * 1_024;
export const MAX_LARGE_BODY = 1_024 * 1_024;
/** The most values in a body: objects, lists, and their members. */
const MAX_NODES = 20_000;

const csvType = 'text/csv';
const jsonType = /^application\/(?:json|[\w.-]+\+json)$/;

/** Type and charset of a Content-Type header, in lower case. */
function contentTypeOf(request: Request): { type: string; charset: string } {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset =
    parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length) ?? '';
  return { type, charset: charset.replaceAll('"', '') || 'utf-8' };
}

function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** @throws {HttpProblem} 415 unless it is plain JSON in UTF-8; 413 where its Content-Length is too long */
function requireReadable(request: Request, mostBytes: number, csv: boolean): void {
  const { type, charset } = contentTypeOf(request);
  const accept = { Accept: 'application/json' };
  if (!jsonType.test(type) && !(csv && type === csvType))
    throw new HttpProblem('unsupported-media-type', 'send application/json', accept);
  if (charset !== 'utf-8' && charset !== 'utf8')
    throw new HttpProblem('unsupported-media-type', 'send JSON in UTF-8', accept);
  // A compressed kilobyte can be a megabyte to parse.
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new HttpProblem('unsupported-media-type', 'compressed bodies are not taken', {
      'Accept-Encoding': 'identity',
    });
  }
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
}

function tooLarge(mostBytes: number): HttpProblem {
  const most = mostBytes === MAX_BODY ? '64 KB' : '1 MB';
  return new HttpProblem('body-too-large', `a body of this route holds at most ${most}`);
}

/**
 * The bytes of a body. It rejects when the client leaves in the middle. The server cuts off a body that
 * arrives too late (see `server.ts`).
 */
function bytesOf(request: Request, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: Error): void => {
      request.off('data', take);
      // The rest is read and dropped: the client can then read the answer, and use the connection again.
      request.resume();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > mostBytes) stop(tooLarge(mostBytes));
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => {
      resolve(Buffer.concat(chunks, size));
    });
    request.once('error', () => {
      reject(new HttpProblem('malformed-request', 'the body could not be read'));
    });
    request.once('close', () => {
      reject(new HttpProblem('malformed-request', 'the body did not arrive in whole'));
    });
  });
}

/**
 * Reads a request's JSON body; undefined when there is none. With `csv` a body of type `text/csv` is taken
 * too, and is the member `csv` of the result.
 * @throws {HttpProblem} 413 above `mostBytes`, 415 for another content type, charset or encoding, 400 for
 * invalid JSON
 * @throws {Refused} `invalid-input` for more than {@link MAX_NODES} values, which are counted before parsing
 */
export async function readRequestBody(request: Request, mostBytes: number, csv = false): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  requireReadable(request, mostBytes, csv);
  const bytes = await bytesOf(request, mostBytes);
  if (bytes.length === 0) return undefined;
  // Decoding replaces broken bytes without an error: what is recorded would differ from what was sent.
  if (!isUtf8(bytes)) throw new HttpProblem('malformed-request', 'the body could not be read');
  if (contentTypeOf(request).type === csvType) return { csv: bytes.toString() };
  if (countJsonNodes(bytes, MAX_NODES) > MAX_NODES) {
    const message = `holds more than ${MAX_NODES.toLocaleString('en')} values`;
    throw new Refused(refuse('invalid-input', `the body ${message}`, { errors: [{ path: '', message }] }));
  }
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    throw new HttpProblem('malformed-request', 'the body is not JSON');
  }
}
