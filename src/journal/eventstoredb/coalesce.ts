/**
 * Joins concurrent calls: callers that come while one is under way share the next, which begins after all of
 * them.
 * @param ask makes the call; its callers share its error too
 */
export function coalesce<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<unknown> | null = null;
  let next: Promise<T> | null = null;
  const put = (): Promise<T> => {
    const asked = ask();
    const settled = asked
      .catch(() => undefined)
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
