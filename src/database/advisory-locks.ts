/** Every advisory lock of this system: `pg_advisory_lock(space, name)`. */
export const advisoryLocks = {
  space: 4711,
  /** Held by whoever appends to the journal, for one batch (see `journal_append`). */
  appends: 1,
  /** Held by whoever migrates or builds read-model schemas. */
  migrations: 2,
  /** Held, for its life, by the one active projection runner. */
  runner: 3,
} as const;
