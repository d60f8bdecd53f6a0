/** A time in which the event loop was blocked. */
export interface Stall {
  /** Processor time of this process during the stall, in milliseconds. */
  busyMs: number;
  /** How late the loop was by the clock. */
  lateMs: number;
}

const everyMs = 20;

/**
 * Watches the event loop. A stall is measured by the processor time that this process took while its timers
 * were late: on a busy machine a loop is late by the clock although it does nothing.
 */
export function watchStalls(longestMs: number): { stop(): Stall[] } {
  const stalls: Stall[] = [];
  let at = performance.now();
  let used = process.cpuUsage();
  const timer = setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(used);
    const [busyMs, lateMs] = [(user + system) / 1_000, now - at - everyMs];
    if (lateMs > longestMs && busyMs > longestMs)
      stalls.push({ busyMs: Math.round(busyMs), lateMs: Math.round(lateMs) });
    at = now;
    used = process.cpuUsage();
  }, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return stalls;
    },
  };
}
