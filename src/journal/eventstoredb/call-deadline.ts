import { AccessRefused, LogUnavailable, StreamTombstoned } from '../event-log.ts';
import { troubleOf } from './errors.ts';

/**
 * Runs a call within a deadline, which the client does not keep against a frozen server, and converts its
 * errors. At the deadline the call's signal aborts; `alive` restarts the time.
 */
export async function withDeadline<T>(
  what: string,
  deadlineMs: number,
  call: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => {
          const late = `${what}: EventStoreDB has not answered within ${Math.round(deadlineMs)} ms`;
          reject(new LogUnavailable(late));
          controller.abort();
        },
        Math.max(0, deadlineMs),
      );
    });
    return await Promise.race([call(controller.signal, () => timer?.refresh()), expired]);
  } catch (error) {
    throw logErrorOf(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Converts passing trouble and refusals to the log's errors. */
function logErrorOf(what: string, error: unknown): unknown {
  if (error instanceof LogUnavailable) return error;
  switch (troubleOf(error)) {
    case 'unavailable':
      return new LogUnavailable(`${what}: EventStoreDB cannot be reached${reasonOf(error)}`, {
        cause: error,
      });
    case 'unknown':
      return new LogUnavailable(`${what}: EventStoreDB failed without a reason`, { cause: error });
    case 'tombstoned':
      return new StreamTombstoned(
        `${what}: the stream was tombstoned in EventStoreDB and can never be used again`,
        { cause: error },
      );
    case 'denied':
      return new AccessRefused(`${what}: EventStoreDB refuses the credentials of its connection string`, {
        cause: error,
      });
    default:
      return error;
  }
}

/** Why there is no connection, if the error says so: refused, an unknown name, an untrusted certificate. */
function reasonOf(error: unknown): string {
  const { message = '' } = error as { message?: string };
  const reason =
    /No connection established\. Last error: (?:Error: )?(.{1,200}?)\.? Resolution note/.exec(message) ??
    /(Name resolution failed.{0,200})/.exec(message);
  return reason === null ? '' : ` (${reason[1]})`;
}
