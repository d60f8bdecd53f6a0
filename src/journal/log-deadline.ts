import { ANSWER_WITHIN_MS } from './event-log.ts';

/** What is kept of the time for a step that begins late. */
const LAST_STEP_MS = 1_000;

/**
 * How long one request, or one command by itself, waits for the event log: all its reads and appends
 * together.
 */
export interface LogDeadline {
  /** When the step that begins now has been waited for long enough, on the clock of `performance.now()`. */
  until(): number;
}

/**
 * Begins to wait. The time counts for all steps together; one that begins when it is over, as after a long
 * computation, has a second of its own, so that what gets its answers goes on.
 */
export function logDeadline(withinMs = ANSWER_WITHIN_MS): LogDeadline {
  const end = performance.now() + withinMs - LAST_STEP_MS;
  return { until: () => Math.max(end, performance.now() + LAST_STEP_MS) };
}
