/** There was no answer in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * A function that calls `call` and waits at most `ms`. While a call is outstanding further callers wait for
 * the same one, so that a part that hangs has one call to answer, however often it is checked.
 * @returns it throws {@link TooLate}, or what `call` throws
 */
export function shareCall<T>(call: () => Promise<T>, ms: number): () => Promise<T> {
  let outstanding: Promise<T> | undefined;
  return async () => {
    outstanding ??= call().finally(() => {
      outstanding = undefined;
    });
    // Its failure rejects the callers that still wait; without any it must not count as unhandled.
    outstanding.catch(() => undefined);
    return withTimeLimit(outstanding, ms);
  };
}

/** The work's result, or {@link TooLate} after `ms`; the work itself goes on. */
export async function withTimeLimit<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new TooLate(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
