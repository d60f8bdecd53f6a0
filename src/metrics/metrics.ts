import { Registry } from 'prom-client';
import { PROBE_MS } from '../runtime/readiness.ts';
import { TooLate, withTimeLimit } from '../runtime/time-limit.ts';
import { processMetrics } from './process-metrics.ts';

/**
 * Reads figures that are not counted as they happen, such as a lag. It may fail or hang: a scrape waits at
 * most {@link SCRAPE_MS} for it, and then answers without its figures.
 */
type Collector = () => Promise<void>;

/** One service's metrics: instruments register here, a scrape reads them. */
export interface Metrics {
  readonly registry: Registry;
  /** Runs a collector at each scrape. */
  onScrape(collect: Collector): void;
  /** All figures in Prometheus' text format. It neither hangs nor throws when a part is away. */
  scrape(): Promise<string>;
}

/** The longest that a scrape waits for its collectors, all together. */
const SCRAPE_MS = PROBE_MS + 500;

/** `Content-Type` of a scrape. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics of one service; a process may run several. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const collectors: Collector[] = [];
  const ofProcess = processMetrics();
  return {
    registry,
    onScrape(collect) {
      collectors.push(collect);
    },
    async scrape() {
      const asked = Promise.allSettled(collectors.map((collect) => collect()));
      await withTimeLimit(asked, SCRAPE_MS).catch((error: unknown) => {
        if (!(error instanceof TooLate)) throw error;
      });
      return `${await registry.metrics()}\n${await ofProcess.metrics()}`;
    },
  };
}

/** Bucket bounds in seconds of what takes milliseconds: a request, a command, an append. */
export const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Bucket bounds in seconds of what takes up to hours: a run of a job. */
export const slow = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];
