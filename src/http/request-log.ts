import type { RequestHandler } from 'express';
import type { Logger } from '../engine/logger.ts';
import { correlationIdOf } from './correlation.ts';

/**
 * One line for each request: what was asked, how it ended, how long it took. Neither headers nor bodies nor
 * query strings are logged: they may hold tokens and other people's data.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    response.on('close', () => {
      logger.info({
        method: request.method,
        path: request.originalUrl.split('?', 1)[0],
        status: response.statusCode,
        ms: Math.round(performance.now() - start),
        correlation_id: correlationIdOf(response),
        ...(response.writableFinished ? {} : { aborted: true }),
      }, 'request');
    });
    next();
  };
}
