import { Gauge } from 'prom-client';
import type { ReadinessProbes } from '../readiness.ts';
import type { Metrics } from './metrics.ts';

/** Shows for each part that readiness asks whether it is well, as `arcadia_up{part="postgres"}`. */
export function observeParts(metrics: Metrics, readiness: Pick<ReadinessProbes, 'parts'>): void {
  const up = new Gauge({ name: 'arcadia_up', help: '1 when a part answers and is well, 0 when it is not', labelNames: ['part'] as const, registers: [metrics.registry] });
  metrics.onScrape(async () => {
    for (const [part, { status }] of Object.entries(await readiness.parts())) up.set({ part }, status === 'ok' ? 1 : 0);
  });
}
