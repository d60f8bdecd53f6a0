import { isTransientError } from '../database/connection.ts';
import { AccessRefused, LogUnavailable } from '../journal/event-log.ts';

/** Whether an error says that the database or the log can't be reached right now. */
export function isOutage(error: unknown): boolean {
  // Credentials that the log refuses are the operator's to mend; the client can only try again later.
  return error instanceof LogUnavailable || error instanceof AccessRefused || isTransientError(error);
}
