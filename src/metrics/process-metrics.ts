import { collectDefaultMetrics, Registry } from 'prom-client';

let ofThisProcess: Registry | undefined;

/**
 * CPU time, memory, event-loop lag, garbage collection: what belongs to the process, however many services
 * run in it. It is watched once, since each watcher would go on until the process ends.
 */
export function processMetrics(): Registry {
  if (ofThisProcess === undefined) {
    ofThisProcess = new Registry();
    // Under the names that every Node program has, so that ready-made dashboards know them.
    collectDefaultMetrics({ register: ofThisProcess });
  }
  return ofThisProcess;
}
