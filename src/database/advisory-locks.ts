/** Every advisory lock of this system: `pg_advisory_lock(space, name)`. */
export const advisoryLocks = {
  space: 4711,
  /** Held while a batch is appended to the journal (see `journal_append`). */
  appends: 1,
  /** Held while tables are migrated or schemas of read models built. */
  migrations: 2,
  /** Held, for its life, by the one copier that fills the journal from EventStoreDB. */
  copier: 4,
  /** Held while the journal is copied into EventStoreDB. */
  logCopy: 5,
  /** Held while a batch is added to the hash chain (see `journal_chain`). */
  chain: 6,
  /** Held, for its life, by the one process that extends the hash chain. */
  chainer: 7,
  /** A space of its own: `pg_advisory_lock(jobSpace, hashtext(<job>))`, held while the job runs. */
  jobSpace: 4712,
  /**
   * A space of its own: `pg_advisory_lock(projectionSpace, hashtext(<name and version>))`, held by the
   * process that feeds that projection.
   */
  projectionSpace: 4714,
  /**
   * A space of its own: `pg_advisory_lock(shadowSpace, hashtext(<purpose and projection>))`, held while
   * that shadow is built.
   */
  shadowSpace: 4713,
} as const;
