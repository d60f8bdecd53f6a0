import { setTimeout as delay } from 'node:timers/promises';

/**
 * Long enough for a busy machine. It is below mocha's own limit, whose message would not name what was waited
 * for.
 */
const limitMs = 120_000;
/** The pauses between checks grow, so that long waits cost little. */
const firstPauseMs = 10;
const mostPauseMs = 200;

/**
 * Calls `look` again and again until `isSo` is true of its result, and returns that result.
 * @param what names it in the error message, as in `no rebuild under way`
 * @param look reads the state; an error from it ends the wait
 * @param isSo whether the wait is over; default: a truthy result
 * @throws Error that says what was waited for, and what was seen last
 */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  isSo: (seen: T) => boolean = Boolean,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.3, mostPauseMs)) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`Waited ${limitMs / 1000} s in vain for: ${what}. Last seen: ${JSON.stringify(seen)}`);
    await delay(pauseMs);
  }
}
