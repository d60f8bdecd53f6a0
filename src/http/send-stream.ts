import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** A client that has taken nothing for so long is no longer there. */
const stalledMs = 120_000;

/**
 * Sends an answer as it is made, at the client's pace: a piece is asked for when the ones before it have gone
 * out. When the client leaves, or takes nothing for two minutes, the pieces are ended, so that whatever they
 * hold is given back.
 * @throws what the first piece throws, before anything is sent: then the answer can still be a problem
 * document. A later error cuts the connection, so that nobody takes the answer for whole.
 */
export async function sendStream(
  response: Response,
  pieces: AsyncIterable<string>,
  contentType: string,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType);
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
    // A client that has left needs no answer, and is no failure of ours.
    if (!isDeparture(error)) throw error;
  }
}

/** An iteration that was begun, from its first step on. Empty pieces say nothing and are not sent. */
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
