/** The last task of each key that has not ended, by owner. */
const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Runs tasks of one key one after the other in this process, so that a second run finds what the first did
 * instead of doing it again. This only saves work: across processes the revision of the stream guards.
 * @param owner the object that the keys belong to; an equal key of another owner is another key
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
