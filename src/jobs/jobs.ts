import type { Job } from './job.ts';

/** Every job of the ledger (spec 14): one table for the schedule, the API and the CLI. */
export const jobs: readonly Job<never, unknown>[] = [];
