/** The simulator's virtual time, which only tests move. */
export interface VirtualClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The same, as ISO 8601 UTC in whole seconds, as the provider writes times. */
  iso(): string;
  /** Moves time forward and runs, in order, the changes that fall due. */
  advance(ms: number): void;
  /** Moves time forward to an ISO time; an earlier one is refused. */
  advanceTo(iso: string): void;
  /** Runs a change of the account once, `afterMs` from now; 0 or less runs it at once. */
  schedule(afterMs: number, change: () => void): void;
}

interface Timer {
  due: number;
  order: number;
  change: () => void;
}

/** An ISO time in whole seconds with Z, e.g. 2026-05-09T15:01:12Z. */
export const isoSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** A clock that starts at the ISO time given. */
export const createClock = (start: string): VirtualClock => {
  let current = Date.parse(start);
  if (Number.isNaN(current)) throw new Error(`not a time: ${start}`);
  let order = 0;
  let timers: Timer[] = [];

  const moveTo = (target: number): void => {
    if (target < current) throw new Error('virtual time only moves forward');
    for (;;) {
      const due = timers.filter((timer) => timer.due <= target);
      const next = due.sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (next === undefined) break;
      timers = timers.filter((timer) => timer !== next);
      current = Math.max(current, next.due);
      next.change();
    }
    current = target;
  };

  return {
    now: () => current,
    iso: () => isoSeconds(current),
    advance: (ms) => moveTo(current + ms),
    advanceTo: (iso) => moveTo(Date.parse(iso)),
    schedule: (afterMs, change) => {
      if (afterMs <= 0) {
        change();
        return;
      }
      order += 1;
      timers.push({ due: current + afterMs, order, change });
    },
  };
};
