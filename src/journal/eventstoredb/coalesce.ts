/**
 * Joins calls at the same time into one. While one is under way, later callers share the next, so that every
 * answer was asked for after its caller had called.
 * @param ask makes the call; all callers that share it get what it throws
 */
export function coalesce<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<unknown> | null = null;
  let next: Promise<T> | null = null;
  const put = (): Promise<T> => {
    const asked = ask();
    const settled = asked
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (underWay === settled) underWay = null;
      });
    underWay = settled;
    return asked;
  };
  return () => {
    if (underWay === null) return put();
    next ??= underWay.then(() => {
      next = null;
      return put();
    });
    return next;
  };
}
