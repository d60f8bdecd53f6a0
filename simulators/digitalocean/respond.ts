// Writes an answer as bytes, with the faults of the connection.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { SimulatedAnswer } from './answer.ts';
import type { FaultEffect } from './faults.ts';

/** Keeps stalled connections, so that closing the simulator ends them. */
export interface Stalls {
  hold(response: ServerResponse, ms: number | undefined): void;
  /** Drops every stalled connection at once. */
  release(): void;
}

export const createStalls = (): Stalls => {
  const held = new Map<ServerResponse, NodeJS.Timeout | null>();
  const drop = (response: ServerResponse): void => {
    const timer = held.get(response);
    if (timer !== undefined && timer !== null) clearTimeout(timer);
    held.delete(response);
    response.destroy();
  };
  return {
    hold: (response, ms) => {
      held.set(response, ms === undefined ? null : setTimeout(() => drop(response), ms));
      response.once('close', () => drop(response));
    },
    release: () => [...held.keys()].forEach(drop),
  };
};

const bodyOf = (answer: SimulatedAnswer): Buffer => {
  if (answer.json !== undefined) return Buffer.from(JSON.stringify(answer.json));
  return typeof answer.raw === 'string' ? Buffer.from(answer.raw) : (answer.raw ?? Buffer.alloc(0));
};

const headersOf = (answer: SimulatedAnswer, common: Record<string, string>): Record<string, string> => ({
  ...common,
  ...(answer.json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
  ...answer.headers,
});

/** The place in the middle of the last row at which a body is cut. */
const midRow = (body: Buffer): number => {
  const end = body.at(-1) === 0x0a ? body.length - 1 : body.length;
  const rowStart = body.subarray(0, end).lastIndexOf(0x0a) + 1;
  return rowStart + Math.floor((end - rowStart) / 2);
};

/** Writes headers and a part of the body, then calls back once the part has gone out. */
const writePart = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  part: Buffer,
  then: () => void,
): void => {
  response.writeHead(status, headers);
  response.write(part, () => then());
};

/** Resets the connection (RST), so that the client sees an error and no end of file. */
const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};

/** A body with padding: blanks before JSON, empty lines behind the first line of any other text. */
const padded = (answer: SimulatedAnswer, body: Buffer, bytes: number): Iterable<Buffer> => {
  const isJson = answer.json !== undefined;
  const at = isJson ? 0 : body.indexOf(0x0a) + 1;
  const piece = Buffer.alloc(64 * 1024, isJson ? ' ' : '\n');
  return (function* pieces() {
    yield body.subarray(0, at);
    for (let left = bytes; left > 0; left -= piece.length)
      yield piece.subarray(0, Math.min(left, piece.length));
    yield body.subarray(at);
  })();
};

const sendPadded = (
  response: ServerResponse,
  {
    status,
    headers,
    pieces,
    gzip,
  }: { status: number; headers: Record<string, string>; pieces: Iterable<Buffer>; gzip: boolean },
): void => {
  response.writeHead(status, gzip ? { ...headers, 'content-encoding': 'gzip' } : headers);
  const sent = gzip
    ? pipeline(Readable.from(pieces), createGzip(), response)
    : pipeline(Readable.from(pieces), response);
  // A client that has read enough closes the connection.
  sent.catch(() => response.destroy());
};

const sendEndless = (response: ServerResponse, status: number, headers: Record<string, string>): void => {
  response.writeHead(status, headers);
  const drip = setInterval(() => response.write(' '), 5);
  response.once('close', () => clearInterval(drip));
};

/** Sends an answer, broken in transit where the effect says so. */
export const sendAnswer = (
  response: ServerResponse,
  answer: SimulatedAnswer,
  common: Record<string, string>,
  effect: FaultEffect | null,
  stalls: Stalls,
): void => {
  const body = bodyOf(answer);
  const headers = headersOf(answer, common);
  const whole = { ...headers, 'content-length': String(body.length) };
  switch (effect?.kind) {
    case 'reset':
      reset(response);
      return;
    case 'stall_before_headers':
      stalls.hold(response, effect.ms);
      return;
    case 'stall_mid_body':
      writePart(response, answer.status, whole, body.subarray(0, Math.floor(body.length / 2)), () =>
        stalls.hold(response, effect.ms),
      );
      return;
    case 'truncated_json': {
      const half = body.subarray(0, Math.floor(body.length / 2));
      response.writeHead(answer.status, { ...headers, 'content-length': String(half.length) }).end(half);
      return;
    }
    case 'cut_body': {
      const part = body.subarray(0, midRow(body));
      // The part has to arrive before the break, else the client sees an ordinary reset.
      if (effect.contentLength) writePart(response, answer.status, whole, part, () => response.socket?.end());
      else writePart(response, answer.status, headers, part, () => response.end());
      return;
    }
    case 'padded_body':
      sendPadded(response, {
        status: answer.status,
        headers,
        pieces: padded(answer, body, effect.bytes),
        gzip: effect.gzip ?? false,
      });
      return;
    case 'endless_body':
      sendEndless(response, answer.status, headers);
      return;
    default:
      response.writeHead(answer.status, whole).end(body);
  }
};
