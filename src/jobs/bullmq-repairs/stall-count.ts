// BullMQ fails an entry for good once the workers that held it have died more than `maxStalledCount` times,
// even where attempts are left. It calls no processor then: PostgreSQL would not learn that the run is dead.
//
// Upstream: bullmq 6.7.0, https://github.com/taskforcesh/bullmq/issues/651
// Needed: test/jobs/worker-killed.test.ts
// May go when: test/jobs/bullmq-repairs/stall-count.test.ts

/** A limit that no entry meets: how often a run's process has died is counted in PostgreSQL. */
export const noStallLimit = { maxStalledCount: 1_000_000 } as const;
