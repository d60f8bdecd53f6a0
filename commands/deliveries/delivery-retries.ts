import type { DeliveryAttempt } from './delivery.ts';

const minute = 60_000;

/**
 * The pauses before the second attempt and each one after, in milliseconds: greylisting servers want some
 * minutes, a server that is down may be back after days. After the last pause and its attempt, about three
 * days from the first, the delivery is given up.
 */
const pauses = [5, 15, 30, 60, 120, 240, 480, 960, 1_200, 1_440].map((minutes) => minutes * minute);

/** The most attempts that end without an answer: each one may have been a mail. */
const mostUnknown = 3;

/** An attempt that has not ended after this time never will: no attempt takes as long. */
export const ATTEMPT_LIMIT_MS = 5 * minute;

/** Whether an attempt is under way, rather than that its process died. */
export function isUnderWay(attempt: DeliveryAttempt | undefined, now: string): boolean {
  return (
    attempt !== undefined &&
    attempt.ended === null &&
    Date.parse(now) - Date.parse(attempt.attempted_at) < ATTEMPT_LIMIT_MS
  );
}

/**
 * When to try the addresses again that are left; null: never.
 * @param attempts those that ended before, and the one that ends now as the last
 */
export function retryAt(attempts: readonly { outcome: string }[], now: string): string | null {
  const pause = pauses[attempts.length - 1];
  const unknown = attempts.filter(({ outcome }) => outcome === 'unknown').length;
  if (pause === undefined || unknown >= mostUnknown) return null;
  return new Date(Date.parse(now) + pause).toISOString();
}
