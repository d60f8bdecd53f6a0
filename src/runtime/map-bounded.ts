import pLimit from 'p-limit';

/**
 * How many commands of one job run at once: enough to fill the log's group commit, few enough to leave others
 * room.
 */
const commandConcurrency = 64;

/**
 * Calls `task` for every item, at most `limit` at once, and answers the results in the items' order. The
 * first failure stops the rest from starting and is thrown once those under way have ended.
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
  // Items start in their order: the first that was rejected is one that failed, those that never started
  // come after it.
  await Promise.allSettled(results);
  return Promise.all(results);
}
