import type { Request, Response } from 'express';
import { Gauge, Histogram } from 'prom-client';
import { quick, type Metrics } from './metrics.ts';

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const patterns = new WeakMap<Response, string>();

/** Names a request's route for the metrics, such as `/api/v1/deployments/:id`: paths hold too many ids. */
export function nameRoute(response: Response, pattern: string): void {
  patterns.set(response, pattern);
}

/** Counts requests and their time by method, route (`none` without one) and class of status. */
export function measureHttp({ registry }: Metrics): (request: Request, response: Response) => void {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'arcadia_http_request_duration_seconds',
    help: "Time from a request's arrival to the end of its answer, by route pattern and class of status",
    labelNames: ['method', 'route', 'status'] as const,
    buckets: quick,
    registers,
  });
  const underWay = new Gauge({
    name: 'arcadia_http_requests_in_progress',
    help: 'Requests that are being answered',
    registers,
  });
  return (request, response) => {
    const start = performance.now();
    underWay.inc();
    response.on('close', () => {
      underWay.dec();
      const method = methods.has(request.method) ? request.method : 'other';
      // A client that left before it was answered has no status that means anything.
      const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'aborted';
      seconds.observe(
        { method, route: patterns.get(response) ?? 'none', status },
        (performance.now() - start) / 1000,
      );
    });
  };
}
