/** Every advisory lock of this system: `pg_advisory_lock(space, name)`. */
export const advisoryLocks = {
  space: 4711,
  /** Held by whoever appends to the journal, for one batch (see `journal_append`). */
  appends: 1,
  /** Held by whoever migrates or builds read-model schemas. */
  migrations: 2,
  /** Held, for its life, by the one copier that fills the journal from EventStoreDB. */
  copier: 4,
  /** Held while the journal is copied into EventStoreDB. */
  logCopy: 5,
  /** Held by whoever adds to the hash chain, for one batch (see `journal_chain`). */
  chain: 6,
  /** Held, for its life, by the one process that keeps the hash chain up. */
  chainer: 7,
  /** A space of its own: `pg_advisory_lock(jobSpace, hashtext(<job>))`, held by whoever runs the job. */
  jobSpace: 4712,
  /**
   * A space of its own: `pg_advisory_lock(projectionSpace, hashtext(<name and version>))`, held by whoever
   * feeds that projection.
   */
  projectionSpace: 4714,
  /**
   * A space of its own: `pg_advisory_lock(shadowSpace, hashtext(<purpose and projection>))`, held by whoever
   * builds that shadow.
   */
  shadowSpace: 4713,
} as const;
