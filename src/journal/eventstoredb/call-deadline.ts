import { AccessRefused, LogUnavailable, StreamTombstoned } from '../event-log.ts';
import { troubleOf } from './errors.ts';

/**
 * Runs a call within our own deadline, since the client does not keep its own against a frozen server, and
 * turns its errors into the log's own. The call's signal aborts when the call is given up; `alive` starts its
 * deadline anew.
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

/** Passing trouble and the server's refusals as the log's own errors; every other error as it is. */
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

/**
 * Why there is no connection, as far as the error says: refused, an unknown name, a certificate that is not
 * trusted.
 */
function reasonOf(error: unknown): string {
  const { message = '' } = error as { message?: string };
  const reason =
    /No connection established\. Last error: (?:Error: )?(.{1,200}?)\.? Resolution note/.exec(message) ??
    /(Name resolution failed.{0,200})/.exec(message);
  return reason === null ? '' : ` (${reason[1]})`;
}
