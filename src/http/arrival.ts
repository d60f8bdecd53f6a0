import cors from 'cors';
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Sees each request as it arrives, before anything is decided about it. */
export type Watcher = (request: Request, response: Response) => void;

/**
 * Pages load from this service alone; the API page needs inline styles. Requests are not upgraded to HTTPS:
 * behind a proxy the service may be served over plain HTTP.
 */
const contentSecurity = {
  'style-src': ["'self'", "'unsafe-inline'"],
  'font-src': ["'self'", 'data:'],
  'upgrade-insecure-requests': null,
};

/** The headers that a middleware sets on the answer to a request without headers. */
function headersOf(middleware: RequestHandler): readonly (readonly [string, string])[] {
  const headers = new Map<string, string>();
  const response = {
    getHeader: (name: string) => headers.get(name),
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  void middleware({ method: 'GET', headers: {} } as Request, response as unknown as Response, (error) => {
    if (error !== undefined) throw error as Error;
  });
  return [...headers];
}

/**
 * Sets the headers of security and CORS, and answers preflights. What is the same for every request is
 * computed once.
 * @param corsOrigins origins that browsers may call from; `*` for all
 */
export function setStandardHeaders(corsOrigins: readonly string[]): RequestHandler {
  const crossOrigin = cors({
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    exposedHeaders: ['Ledger-Position', 'Idempotency-Replayed', 'X-Correlation-Id', 'Retry-After'],
    maxAge: 600,
  });
  const security = headersOf(helmet({ contentSecurityPolicy: { directives: contentSecurity } }));
  const usual = [...security, ...headersOf(crossOrigin)];
  return (request, response, next) => {
    const plain = request.headers.origin === undefined && request.method !== 'OPTIONS';
    for (const [name, value] of plain ? usual : security) response.setHeader(name, value);
    if (plain) next();
    else crossOrigin(request, response, next);
  };
}
