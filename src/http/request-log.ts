import type { RequestHandler } from 'express';
import type { Logger } from '../runtime/logger.ts';
import { correlationIdOf } from './correlation.ts';
import { addressOf } from './limit-requests.ts';

/** The most characters that are logged of `X-Forwarded-For`. */
const longestForwarded = 200;

/**
 * Logs a line for each request. `client` is the connection's address, behind a proxy the proxy's;
 * `forwarded_for` is a header that any client can set. Other headers, bodies and query strings are not
 * logged: they may hold tokens and personal data.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    // Read now: a connection that was cut has no address.
    const client = addressOf(request);
    const forwarded = request.get('X-Forwarded-For')?.slice(0, longestForwarded);
    response.on('close', () => {
      logger.info(
        {
          method: request.method,
          path: request.originalUrl.split('?', 1)[0],
          status: response.statusCode,
          ms: Math.round(performance.now() - start),
          correlation_id: correlationIdOf(response),
          client,
          ...(forwarded === undefined ? {} : { forwarded_for: forwarded }),
          ...(response.writableFinished ? {} : { aborted: true }),
        },
        'request',
      );
    });
    next();
  };
}
