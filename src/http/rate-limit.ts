/** Counts requests by who sends them. */
export interface RateLimit {
  /** Counts one more. Null while it is within the limit, else the whole seconds until it would be again. */
  count(who: string): number | null;
}

const windowMs = 60_000;
/** Whose requests are counted at once: about two megabytes. */
const MAX_COUNTED = 10_000;

/**
 * At most `perMinute` requests of each in a minute, which begins with the first of them; null: as many as
 * come. Where more than {@link MAX_COUNTED} send requests at once, those who began first are counted anew.
 * @param now milliseconds of a clock that never goes back
 */
export function createRateLimit(
  perMinute: number | null,
  now: () => number = () => performance.now(),
): RateLimit {
  const windows = new Map<string, { since: number; count: number }>();
  return {
    count(who) {
      if (perMinute === null) return null;
      const time = now();
      const known = windows.get(who);
      if (known !== undefined && time - known.since < windowMs) {
        known.count += 1;
        return known.count <= perMinute
          ? null
          : Math.max(1, Math.ceil((known.since + windowMs - time) / 1_000));
      }
      // A map keeps the order of insertion: the oldest window is the first.
      windows.delete(who);
      if (windows.size >= MAX_COUNTED) windows.delete(windows.keys().next().value as string);
      windows.set(who, { since: time, count: 1 });
      return perMinute >= 1 ? null : windowMs / 1_000;
    },
  };
}
