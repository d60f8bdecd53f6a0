import { Mutex } from 'async-mutex';

const mutexesOf = new WeakMap<object, Map<string, Mutex>>();

/**
 * Runs tasks of one key one after the other in this process, so that a second run finds what the first did
 * instead of doing it again. This only saves work: across processes the revision of the stream guards.
 * @param owner the object that the keys belong to; an equal key of another owner is another key
 */
export async function oneAtATime<T>(owner: object, key: string, task: () => Promise<T>): Promise<T> {
  const mutexes = mutexesOf.get(owner) ?? new Map<string, Mutex>();
  mutexesOf.set(owner, mutexes);
  const mutex = mutexes.get(key) ?? new Mutex();
  mutexes.set(key, mutex);
  try {
    return await mutex.runExclusive(task);
  } finally {
    if (!mutex.isLocked()) mutexes.delete(key);
  }
}
