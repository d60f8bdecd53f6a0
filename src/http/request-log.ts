import type { Logger } from '../runtime/logger.ts';
import type { Watcher } from './arrival.ts';
import { correlationIdOf } from './correlation.ts';
import { addressOf } from './limit-requests.ts';

/** The most characters that are logged of `X-Forwarded-For`. */
const longestForwarded = 200;

/** Express matches a path in any case. The secret may have come with a slash at its end. */
const link = /^(\/console\/link\/).+$/is;

/** The path as it is logged: who reads logs must not be able to sign in by a link that is in them. */
const loggedPath = (url: string): string => (url.split('?', 1)[0] ?? '').replace(link, '$1…');

/**
 * Logs a line for each request. `client` is the connection's address, behind a proxy the proxy's;
 * `forwarded_for` is a header that any client can set. Other headers, bodies, query strings and the
 * secrets of links are not logged: they are tokens, or may hold such and personal data.
 */
export function logRequests(logger: Logger): Watcher {
  return (request, response) => {
    const start = performance.now();
    // Read now: a connection that was cut has no address.
    const client = addressOf(request);
    const forwarded = request.get('X-Forwarded-For')?.slice(0, longestForwarded);
    response.on('close', () => {
      logger.info(
        {
          method: request.method,
          path: loggedPath(request.originalUrl),
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
  };
}
