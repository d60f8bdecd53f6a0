import { setTimeout as delay } from 'node:timers/promises';

/**
 * A busy machine takes its time: the limit is for what never comes. It lies below mocha's own, which would
 * name nothing.
 */
const limitMs = 120_000;
/** Pauses between looks grow, so that long waits leave the machine to what they wait for. */
const firstPauseMs = 10;
const mostPauseMs = 200;

/**
 * Waits for what a test waits for, and for nothing else: looks again and again until it is so, and answers
 * what was seen.
 * @param what names it in the message of a wait that has no end, as in `no rebuild under way`
 * @param look a look at it; an error from here ends the wait
 * @param isSo whether it is so; default: whatever is truthy
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
