import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../open-service.ts';
import { TooLate, withTimeLimit } from '../runtime/time-limit.ts';

/** How long a stop may take after the job runs: for batches under way, connections, embedded servers. */
const restMs = 10_000;

/** A stop that was not finished: a server did not answer. Nothing is lost by it. */
export class StopError extends Error {
  override readonly name = 'StopError';
}

/**
 * Closes a service, or gives up after `mostMs`, as when a database has frozen in the middle of a batch: work
 * under way then ends with the process, as in a kill.
 * @returns whether it was closed
 */
export async function closeInTime(
  service: Pick<Service, 'close'>,
  drainMs: number,
  logger: Logger,
  mostMs = drainMs + restMs,
): Promise<boolean> {
  try {
    await withTimeLimit(service.close(drainMs), mostMs);
    return true;
  } catch (error) {
    if (!(error instanceof TooLate)) throw error;
    logger.error(
      { after_ms: mostMs },
      'a server does not answer: the stop is not finished, and what is under way ends with the process',
    );
    return false;
  }
}

/** @throws {StopError} unless it was closed */
export function expectClosed(closed: boolean): void {
  if (!closed)
    throw new StopError(
      'The stop was not finished in time: PostgreSQL or Redis does not answer. Nothing is lost; ' +
        'the next start goes on from there.',
    );
}
