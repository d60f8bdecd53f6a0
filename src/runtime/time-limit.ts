/** What was asked did not answer in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * Asks, and waits at most `ms`. While an answer is outstanding nobody asks again: whoever comes meanwhile
 * waits for the same one, so that a part that hangs is held up by one question, however often somebody looks
 * at it.
 * @returns a function that asks; it throws {@link TooLate}, or what asking throws
 */
export function shareCall<T>(ask: () => Promise<T>, ms: number): () => Promise<T> {
  let outstanding: Promise<T> | undefined;
  return async () => {
    outstanding ??= ask().finally(() => {
      outstanding = undefined;
    });
    // Its failure reaches whoever still waits; after the last one has left it must not count as unhandled.
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
