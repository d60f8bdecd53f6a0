/** Counts requests by sender. */
export interface RateLimit {
  /** Counts one more. Null within the limit, else the whole seconds until the sender is within it again. */
  count(sender: string): number | null;
}

const windowMs = 60_000;
/** How many senders are counted at once: about two megabytes. */
const MAX_COUNTED = 10_000;

/**
 * At most `perMinute` requests of each sender in a minute, which begins with the first of them; null: no
 * limit. With more than {@link MAX_COUNTED} senders at once, the count of the earliest starts anew.
 * @param now milliseconds of a clock that never goes back
 */
export function createRateLimit(
  perMinute: number | null,
  now: () => number = () => performance.now(),
): RateLimit {
  const windows = new Map<string, { since: number; count: number }>();
  return {
    count(sender) {
      if (perMinute === null) return null;
      const time = now();
      const known = windows.get(sender);
      if (known !== undefined && time - known.since < windowMs) {
        known.count += 1;
        return known.count <= perMinute
          ? null
          : Math.max(1, Math.ceil((known.since + windowMs - time) / 1_000));
      }
      // A map keeps the order of insertion: its first window is the oldest.
      windows.delete(sender);
      if (windows.size >= MAX_COUNTED) windows.delete(windows.keys().next().value as string);
      windows.set(sender, { since: time, count: 1 });
      return perMinute >= 1 ? null : windowMs / 1_000;
    },
  };
}
