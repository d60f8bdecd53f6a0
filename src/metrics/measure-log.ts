import { Counter, Histogram } from 'prom-client';
import { asError } from '../runtime/as-error.ts';
import type { Logger } from '../runtime/logger.ts';
import { WrongExpectedRevision, type EventLog, type StreamAppend } from '../journal/event-log.ts';
import { quick, type Metrics } from './metrics.ts';

const outcomes = ['ok', 'conflict', 'error'] as const;
type Outcome = (typeof outcomes)[number];

/** The outcome that an append's answer or error is. */
function outcomeOf(answer: unknown): Outcome {
  if (answer instanceof WrongExpectedRevision) return 'conflict';
  return answer instanceof Error ? 'error' : 'ok';
}

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
  for (const outcome of outcomes) appends.inc({ outcome }, 0);
  const count = (outcome: Outcome, number: number, start: number) => {
    appends.inc({ outcome }, number);
    const duration = (performance.now() - start) / 1000;
    for (let n = 0; n < number; n += 1) seconds.observe(duration);
  };
  const logConflict = (
    { stream, expected, actual }: WrongExpectedRevision,
    appended: StreamAppend['events'],
  ) => {
    logger.debug(
      { correlation_id: appended[0]?.metadata.correlation_id, stream, expected, actual },
      'an append came too late: its stream has moved on',
    );
  };
  return (log) => ({
    ...log,
    async append(stream, appended, expectedRevision, until) {
      const start = performance.now();
      try {
        const result = await log.append(stream, appended, expectedRevision, until);
        events.inc(appended.length);
        count('ok', 1, start);
        return result;
      } catch (error) {
        if (error instanceof WrongExpectedRevision) logConflict(error, appended);
        count(outcomeOf(asError(error)), 1, start);
        throw error;
      }
    },
    async appendEach(each, until) {
      const start = performance.now();
      const answers = await log.appendEach(each, until);
      const counts = { ok: 0, conflict: 0, error: 0 };
      let stored = 0;
      for (const [place, answer] of answers.entries()) {
        const appended = (each[place] as StreamAppend).events;
        const outcome = outcomeOf(answer);
        counts[outcome] += 1;
        if (outcome === 'ok') stored += appended.length;
        if (answer instanceof WrongExpectedRevision) logConflict(answer, appended);
      }
      events.inc(stored);
      for (const outcome of outcomes) if (counts[outcome] > 0) count(outcome, counts[outcome], start);
      return answers;
    },
  });
}
