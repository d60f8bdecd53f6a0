/**
 * Joins look-ups that are made in one turn of the event loop into one call: under load many requests share a
 * statement, a single one waits no longer than that turn.
 * @param load answers one value a key, in the order of the keys
 * @param most keys of one call
 */
export function batchLoader<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
  most = 100,
): (key: Key) => Promise<Value> {
  interface Waiting {
    key: Key;
    resolve: (value: Value) => void;
    reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  const flush = () => {
    const taken = waiting;
    waiting = [];
    for (let from = 0; from < taken.length; from += most) {
      const batch = taken.slice(from, from + most);
      load(batch.map(({ key }) => key)).then(
        (values) => {
          batch.forEach(({ resolve }, index) => {
            resolve(values[index] as Value);
          });
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error);
        },
      );
    }
  };
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
    });
}
