/** Every advisory lock of this system: `pg_advisory_lock(space, name)`. */
export const advisoryLocks = {
  space: 4711,
  /** Held while a batch is appended to the journal (see `journal_append`). */
  appends: 1,
  /** Held while tables are migrated or read models created. */
  migrations: 2,
  /** Held by the active copier from EventStoreDB. */
  copier: 4,
  /** Held while the journal is copied into EventStoreDB. */
  logCopy: 5,
  /** Held while a batch is added to the hash chain (see `journal_chain`). */
  chain: 6,
  /** Held by the process that extends the hash chain. */
  chainer: 7,
  /** Held by the process that numbers and freezes what was issued. */
  settler: 8,
  /** Held while a data key is added to the key ring of personal data. */
  personalKeys: 9,
  /** Held by the process that takes up reverts of drift. */
  reverts: 10,
  /** Held by the process that takes up ties by rule. */
  ties: 11,
  /** `pg_advisory_lock(jobSpace, hashtext(<job>))`, held while the job runs. */
  jobSpace: 4712,
  /** `pg_advisory_lock(projectionSpace, hashtext(<name and version>))`, held by the process that feeds it. */
  projectionSpace: 4714,
  /** `pg_advisory_lock(shadowSpace, hashtext(<purpose and projection>))`, held while that shadow is built. */
  shadowSpace: 4713,
} as const;
