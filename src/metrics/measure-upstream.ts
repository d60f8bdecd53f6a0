import { Histogram } from 'prom-client';
import { currentCorrelation } from '../runtime/correlation.ts';
import type { Logger } from '../runtime/logger.ts';
import { quick, type Metrics } from './metrics.ts';

/** The `fetch` that a client calls. */
type Fetch = typeof fetch;

/**
 * Makes a `fetch` for a client of another service, which counts each attempt by service and class of status,
 * and logs it at level debug, without its query.
 */
export function measureUpstream(
  { registry }: Metrics,
  logger: Logger,
): (service: string, options?: { sendCorrelation?: boolean }) => Fetch {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'arcadia_upstream_request_duration_seconds',
    help: 'Time of attempts at requests to other services, by class of status; `none` where no answer came',
    labelNames: ['service', 'status'] as const,
    buckets: quick,
    registers,
  });
  return (service, { sendCorrelation = false } = {}) =>
    async (input, init) => {
      const start = performance.now();
      const headers = new Headers(init?.headers);
      const id = currentCorrelation();
      if (sendCorrelation && id !== undefined) {
        headers.set('x-correlation-id', id);
        headers.set('x-request-id', id);
      }
      const url = new URL(input instanceof Request ? input.url : input);
      let status = 0;
      try {
        const response = await fetch(input, { ...init, headers });
        status = response.status;
        return response;
      } finally {
        const took = performance.now() - start;
        seconds.observe(
          { service, status: status === 0 ? 'none' : `${Math.floor(status / 100)}xx` },
          took / 1000,
        );
        logger.debug(
          { service, method: init?.method ?? 'GET', path: url.pathname, status, ms: Math.round(took) },
          'upstream request',
        );
      }
    };
}
