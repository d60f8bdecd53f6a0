import { Counter, Histogram } from 'prom-client';
import type { Logger } from '../runtime/logger.ts';
import { WrongExpectedRevision, type EventLog } from '../journal/event-log.ts';
import { quick, type Metrics } from './metrics.ts';

/** Wraps a log, to count its appends, their events and time, and how many lost a race. */
export function measureLog({ registry }: Metrics, logger: Logger): (log: EventLog) => EventLog {
  const registers = [registry];
  const appends = new Counter({
    name: 'arcadia_appends_total',
    help: 'Appends to the event log by outcome: ok, conflict (the stream had moved on) or error',
    labelNames: ['outcome'] as const,
    registers,
  });
  const events = new Counter({
    name: 'arcadia_appended_events_total',
    help: 'Events in the appends that succeeded',
    registers,
  });
  const seconds = new Histogram({
    name: 'arcadia_append_duration_seconds',
    help: "Time from an append's call to its answer, with its wait for a place in a batch",
    buckets: quick,
    registers,
  });
  // Shown as zero before the first of them, so that a rate over them has a beginning.
  for (const outcome of ['ok', 'conflict', 'error']) appends.inc({ outcome }, 0);
  return (log) => ({
    ...log,
    async append(stream, appended, expectedRevision, until) {
      const start = performance.now();
      let outcome = 'error';
      try {
        const result = await log.append(stream, appended, expectedRevision, until);
        outcome = 'ok';
        events.inc(appended.length);
        return result;
      } catch (error) {
        if (error instanceof WrongExpectedRevision) {
          outcome = 'conflict';
          logger.debug(
            {
              correlation_id: appended[0]?.metadata.correlation_id,
              stream,
              expected: error.expected,
              actual: error.actual,
            },
            'an append came too late: its stream has moved on',
          );
        }
        throw error;
      } finally {
        appends.inc({ outcome });
        seconds.observe((performance.now() - start) / 1000);
      }
    },
  });
}
