import { ANSWER_WITHIN_MS } from './event-log.ts';

const LAST_STEP_MS = 1_000;

/**
 * The deadline on the event log that all reads and appends of a request, or of a command by itself, share.
 */
export interface LogDeadline {
  /** When a step that begins now stops waiting, on the clock of `performance.now()`. */
  until(): number;
}

/** Starts a deadline. A step that begins late, as after a long computation, still has a second. */
export function logDeadline(withinMs = ANSWER_WITHIN_MS): LogDeadline {
  const end = performance.now() + withinMs - LAST_STEP_MS;
  return { until: () => Math.max(end, performance.now() + LAST_STEP_MS) };
}
