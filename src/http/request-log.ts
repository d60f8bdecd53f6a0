import type { RequestHandler } from 'express';
import type { Logger } from '../runtime/logger.ts';
import { correlationIdOf } from './correlation.ts';
import { addressOf } from './limit-requests.ts';

/** Characters that are kept of what a proxy says about its client. */
const longestForwarded = 200;

/**
 * One line for each request: who asked what, how it ended, how long it took. `client` is the address of the
 * connection, which behind a proxy is the proxy's; `forwarded_for` is what the request says, which anybody
 * may write. Neither other headers nor bodies nor query strings are logged: they may hold tokens and other
 * people's data.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    // A connection that was cut has no address any more.
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
