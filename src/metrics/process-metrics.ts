import { collectDefaultMetrics, Registry } from 'prom-client';

let ofThisProcess: Registry | undefined;

/** CPU time, memory, event-loop lag and garbage collection of the process, for all its services. */
export function processMetrics(): Registry {
  if (ofThisProcess === undefined) {
    ofThisProcess = new Registry();
    // Under the names that every Node program has, so that ready-made dashboards know them.
    collectDefaultMetrics({ register: ofThisProcess });
  }
  return ofThisProcess;
}
