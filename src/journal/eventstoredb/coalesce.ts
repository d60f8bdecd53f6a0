/**
 * Shares a question among those who ask at the same time: one is under way, and who asks meanwhile waits for
 * the next one, so that every answer belongs to a question that was put after its asker had come.
 * @param ask puts the question; what it throws, all who wait for that answer get
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
