import { Gauge } from 'prom-client';
import type { ReadinessProbes } from '../runtime/readiness.ts';
import type { Metrics } from './metrics.ts';

/** Shows which parts are up, as `arcadia_up{part="postgres"}`, and how far the journal is behind its log. */
export function observeReadiness(metrics: Metrics, readiness: Pick<ReadinessProbes, 'parts'>): void {
  const up = new Gauge({
    name: 'arcadia_up',
    help: '1 when a part answers and is well, 0 when it is not',
    labelNames: ['part'] as const,
    registers: [metrics.registry],
  });
  const lag = new Gauge({
    name: 'arcadia_journal_lag_bytes',
    help:
      "Bytes of EventStoreDB's log that are not copied into the journal yet; absent where the " +
      'journal is the log',
    labelNames: [],
    registers: [metrics.registry],
  });
  lag.remove();
  metrics.onScrape(async () => {
    const parts = await readiness.parts();
    for (const [part, { status }] of Object.entries(parts)) up.set({ part }, status === 'ok' ? 1 : 0);
    const bytes = parts['journal']?.['lag_bytes'];
    if (typeof bytes === 'number') lag.set(bytes);
    else lag.remove();
  });
}
