/** The last task of each key that has not ended, by owner. */
const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Runs tasks of one key one after the other in this process, so that a second run finds what the first one
 * did instead of doing it again. What must hold across processes is guarded by the stream; this only saves
 * doubled work.
 * @param owner whose keys these are; another owner's equal key is another key
 */
export async function oneAtATime<T>(owner: object, key: string, task: () => Promise<T>): Promise<T> {
  const queue = queues.get(owner) ?? new Map<string, Promise<unknown>>();
  queues.set(owner, queue);
  const before = queue.get(key) ?? Promise.resolve();
  const mine = before.then(task, task);
  queue.set(key, mine);
  try {
    return await mine;
  } finally {
    if (queue.get(key) === mine) queue.delete(key);
  }
}
