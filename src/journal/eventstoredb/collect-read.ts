import type { StreamingRead } from '@eventstore/db-client';
import { withDeadline } from './call-deadline.ts';

/**
 * Reads a stream of events to its end into memory. Each event restarts the deadline.
 * @param connection `heardAt` is set at each arrival, on the clock of `performance.now()`
 */
export async function collectRead<Event>(
  connection: { heardAt: number },
  what: string,
  open: () => StreamingRead<Event>,
  deadlineMs: number,
): Promise<Event[]> {
  return withDeadline(
    `reading ${what}`,
    deadlineMs,
    (signal, alive) =>
      new Promise((resolve, reject) => {
        const events: Event[] = [];
        const begun = performance.now();
        const read = open();
        const heard = () => {
          connection.heardAt = performance.now();
        };
        // The listener stays: without one, an error after the last answer would end the process.
        read.on('error', reject);
        read.on('data', (event: Event) => {
          heard();
          alive();
          events.push(event);
        });
        read.on('end', () => {
          heard();
          resolve(events);
        });
        signal.addEventListener(
          'abort',
          () => {
            // Cancelling makes the client reconnect, which is right only if this connection is dead. Else a
            // late read ends by itself.
            if (connection.heardAt < begun) read.cancel().catch(() => undefined);
          },
          { once: true },
        );
      }),
  );
}
