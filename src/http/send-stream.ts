import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { disposition } from './send-file.ts';

/** A client that has read nothing for this long has left. */
const stalledMs = 120_000;

/**
 * Sends an answer at the client's pace: a piece is read when those before it have been sent. When the client
 * leaves, or reads nothing for two minutes, the iteration is ended, so that it gives back what it holds.
 * @param name under which a browser saves it; default: it is shown
 * @throws the first piece's error, before anything is sent: the answer can still be a problem document. A
 * later error cuts the connection, so that no client takes the answer for complete.
 */
export async function sendStream(
  response: Response,
  pieces: AsyncIterable<string>,
  contentType: string,
  name?: string,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType);
  if (name !== undefined) response.setHeader('Content-Disposition', disposition('attachment', name));
  response.setHeader('Cache-Control', 'no-store');
  if (response.req.method === 'HEAD') {
    await iterator.return?.();
    response.end();
    return;
  }
  response.setTimeout(stalledMs, () => {
    response.destroy();
  });
  try {
    await pipeline(Readable.from(resumed(first, iterator), { highWaterMark: 1 }), response);
  } catch (error) {
    // A client that has left is no error.
    if (!isDeparture(error)) throw error;
  }
}

/** The whole of an iteration whose first step was taken, without empty pieces. */
async function* resumed(
  first: IteratorResult<string>,
  iterator: AsyncIterator<string>,
): AsyncGenerator<string> {
  try {
    for (let step = first; step.done !== true; step = await iterator.next()) {
      if (step.value !== '') yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function isDeparture(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET' || error.code === 'EPIPE')
  );
}
