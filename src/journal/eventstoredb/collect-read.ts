import type { StreamingRead } from '@eventstore/db-client';
import { withDeadline } from './call-deadline.ts';

/**
 * Reads a stream of events to its end into memory. The deadline counts anew from each event.
 * @param connection `heardAt` is set whenever anything arrives, on the clock of `performance.now()`
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
        // The listener stays on: an error that comes after the last answer would otherwise end the process.
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
            // After a cancelled call the client makes a new connection, which is right if this one is dead.
            // On a live connection a late read ends by itself.
            if (connection.heardAt < begun) read.cancel().catch(() => undefined);
          },
          { once: true },
        );
      }),
  );
}
