import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds within which a request has to arrive: its head, and the whole with its body. */
export interface ArrivalTimes {
  head: number;
  whole: number;
  /** How often connections are checked. */
  check: number;
}

const defaultTimes: ArrivalTimes = { head: 15_000, whole: 30_000, check: 1_000 };

interface BadConnection {
  status: string;
  code: string;
  title: string;
  detail: string;
}

const tooSlow: BadConnection = {
  status: '408 Request Timeout',
  code: 'request-timeout',
  title: 'The request took too long',
  detail: 'a request has to arrive within 30 seconds',
};
const headTooLarge: BadConnection = {
  status: '431 Request Header Fields Too Large',
  code: 'headers-too-large',
  title: 'The headers are too large',
  detail: 'the request line and its headers hold at most 16 KB',
};
const noHttp: BadConnection = {
  status: '400 Bad Request',
  code: 'malformed-request',
  title: 'Malformed request',
  detail: 'this is no HTTP request',
};

function badConnectionOf(error: Error): BadConnection {
  const { code } = error as { code?: unknown };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return tooSlow;
  return code === 'HPE_HEADER_OVERFLOW' ? headTooLarge : noHttp;
}

/** The whole answer to a request that did not reach the application. */
function rawAnswer({ status, code, title, detail }: BadConnection): string {
  const body = JSON.stringify({
    type: `urn:arcadia-cloud:problem:${code}`,
    title,
    status: Number(status.slice(0, 3)),
    detail,
  });
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** The HTTP server of an application. A request that arrives too slowly gets 408, and its connection ends. */
export function createHttpServer(app: RequestListener, times: Partial<ArrivalTimes> = {}): Server {
  const { head, whole, check } = { ...defaultTimes, ...times };
  const server = createServer(
    { headersTimeout: head, requestTimeout: whole, connectionsCheckingInterval: check },
    app,
  );
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    // The client has left, or an answer has begun: the client would take a second one for a part of it.
    if (error.code === 'ECONNRESET' || !socket.writable || hasBegunToAnswer(socket))
      return void socket.destroy();
    socket.end(rawAnswer(badConnectionOf(error)), () => {
      socket.destroy();
    });
  });
  return server;
}

function hasBegunToAnswer(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: { headersSent: boolean } | null };
  return message?.headersSent === true;
}
