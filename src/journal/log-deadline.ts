import { ANSWER_WITHIN_MS } from './event-log.ts';

/** The time that a step has which begins late. */
const LAST_STEP_MS = 1_000;

/**
 * How long one request, or one command by itself, waits for the event log: all its reads and appends share
 * it.
 */
export interface LogDeadline {
  /** When the wait for a step that begins now ends, on the clock of `performance.now()`. */
  until(): number;
}

/**
 * Starts a deadline. All steps share the time. A step that begins after its end, as after a long computation,
 * has a second of its own, so that work whose answers come goes on.
 */
export function logDeadline(withinMs = ANSWER_WITHIN_MS): LogDeadline {
  const end = performance.now() + withinMs - LAST_STEP_MS;
  return { until: () => Math.max(end, performance.now() + LAST_STEP_MS) };
}
