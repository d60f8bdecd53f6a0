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
  const results: Result[] = [];
  const queue = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await task(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const rejected = settled.find((one) => one.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
  return results;
}
