/** A worker's times, in milliseconds. */
export interface WorkerTimes {
  /** How often the schedule and the queues are compared with PostgreSQL. */
  lookMs: number;
  /** How long an entry stays locked after its worker has last renewed the lock. */
  lockMs: number;
  /** How often entries without a lock are looked for: another worker then takes the run over. */
  stalledMs: number;
  /** How long a run that is held back waits before it is looked at again. */
  heldBackMs: number;
  /** How long a run waits while its job runs elsewhere, or while the database is away. */
  busyMs: number;
}

/** How failed runs are tried again. */
export interface Retries {
  /** The most attempts at a run. */
  attempts: number;
  /** The pause after the first attempt that failed, in milliseconds; it doubles with each further one. */
  backoffMs: number;
}

export const workerTimes: WorkerTimes = {
  lookMs: 60_000,
  lockMs: 10_000,
  stalledMs: 5_000,
  heldBackMs: 120_000,
  busyMs: 2_000,
};

/** Attempts at half a minute, 1, 2 and 4 minutes from each other. */
export const workerRetries: Retries = { attempts: 5, backoffMs: 30_000 };
