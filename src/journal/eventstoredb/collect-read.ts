import type { StreamingRead } from '@eventstore/db-client';
import { withDeadline } from './call-deadline.ts';

/** Reads a stream of events to its end into memory. The deadline counts anew from each event. */
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
            // The client makes a new connection for who cancels, which is right where this one is dead. A
            // late read ends by itself.
            if (connection.heardAt < begun) read.cancel().catch(() => undefined);
          },
          { once: true },
        );
      }),
  );
}
