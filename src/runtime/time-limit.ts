export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * A function that calls `call` and waits at most `ms`. Callers share an outstanding call, so a part that
 * hangs gets one call however often it is checked.
 * @returns it throws {@link TooLate}, or what `call` throws
 */
export function shareCall<T>(call: () => Promise<T>, ms: number): () => Promise<T> {
  let outstanding: Promise<T> | undefined;
  return async () => {
    outstanding ??= call().finally(() => {
      outstanding = undefined;
    });
    // Callers that still wait get the failure; without any it must not count as unhandled.
    outstanding.catch(() => undefined);
    return withTimeLimit(outstanding, ms);
  };
}

/** The work's result, or {@link TooLate} after `ms`; the work itself goes on. */
export async function withTimeLimit<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
