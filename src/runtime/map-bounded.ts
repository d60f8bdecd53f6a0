import pLimit from 'p-limit';

/**
 * How many commands of a job run at once: enough to fill the log's group commit, with room for other callers.
 */
const commandConcurrency = 64;

/**
 * Calls `task` for every item, at most `limit` at once; the results are in the items' order. After the first
 * failure no further item starts, and it is thrown once those under way have ended.
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
  limit = commandConcurrency,
): Promise<Result[]> {
  const queue = pLimit({ concurrency: limit, rejectOnClear: true });
  const results = items.map((item) =>
    queue(async () => {
      try {
        return await task(item);
      } catch (error) {
        queue.clearQueue();
        throw error;
      }
    }),
  );
  // Items start in order, so the first rejection is a failure, not an item that never started.
  await Promise.allSettled(results);
  return Promise.all(results);
}
