// `upsertJobScheduler` replaces an entry that is due and waits for a worker: every start of a worker could
// drop a tick. Such an entry is found by its id, whose form only BullMQ's source shows.
//
// Upstream: bullmq 6.7.0, no issue is known
// Needed: test/jobs/bullmq-repairs/waiting-tick.test.ts
// May go when: test/jobs/bullmq-repairs/waiting-tick.test.ts
import type { Job as QueueEntry, Queue } from 'bullmq';

/** Whether a scheduler of this pattern (UTC) is in the queue with its next entry: it is then left alone. */
export async function hasScheduler(queue: Queue, name: string, pattern: string): Promise<boolean> {
  const found = await queue.getJobScheduler(name);
  if (found === undefined || found.pattern !== pattern || found.tz !== 'UTC') return false;
  return found.next !== undefined && (await queue.getJob(`repeat:${name}:${found.next}`)) !== undefined;
}

/** The time that a scheduler's entry was due, however late it is taken. */
export function tickTime({ opts, timestamp }: Pick<QueueEntry, 'opts' | 'timestamp'>): Date {
  return new Date(opts.prevMillis ?? timestamp);
}
