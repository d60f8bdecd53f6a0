import type { z } from 'zod';
import type { DigitalOceanClient } from '../digitalocean/client.ts';
import type { Actor } from '../events/define.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import type { FinanceClient } from '../finance/client.ts';
import type { Logger } from '../runtime/logger.ts';

/** The BullMQ queues of spec 14. */
export type QueueName = 'provisioning' | 'cloud_sync_fast' | 'cloud_sync_full' | 'cloud_sync_slow' | 'cloud_billing' | 'metering';

/** What a job may reach. A client is null where the environment configures none. */
export interface JobDeps {
  ledger: Ledger;
  digitalOcean: DigitalOceanClient | null;
  finance: FinanceClient | null;
  /** `TAX_NAME` and `TAX_RATE` (exact decimal): what a ledger without any tax rate is seeded with. */
  tax: { name: string; rate: string };
  logger: Logger;
}

/** One run of a job. */
export interface JobRun {
  actor: Actor;
  /** The run's id: correlation id of everything it causes. */
  runId: string;
  /** Metadata for the run's next command (a fresh command id each). */
  meta(): CommandMeta;
  /** Reports progress, `done` of `total` steps; shown by the CLI and the demo. */
  progress(done: number, total: number, note?: string): void;
  /**
   * Queues a run of another job, for the workers to take up; it is checked and refused like any other. Null for a run by
   * hand, which does that work itself.
   */
  queue: ((name: string, input: unknown) => Promise<void>) | null;
}

/** A job: the same code path for the schedule, the API and the CLI. Running it twice changes nothing the second time. */
export interface Job<Input = unknown, Result = unknown> {
  readonly name: string;
  readonly queue: QueueName;
  /** Cron pattern in UTC; null for a job that other jobs queue. */
  readonly cron: string | null;
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  /**
   * What a tick of the schedule queues: an input for each run that is due, oldest first. Each is fixed from then on; a retry
   * runs with the same. Absent: one run with `{}`.
   */
  due?(deps: JobDeps): Promise<NoInfer<Input>[]>;
  /** Why a scheduled run has to wait (a sentence), or null. By hand nothing waits. */
  heldBack?(input: Input, deps: JobDeps): Promise<string | null>;
  run(input: Input, deps: JobDeps, run: JobRun): Promise<Result>;
}

/** Declares a job; the types follow from its parts. */
export function defineJob<Input, Result>(job: Job<Input, Result>): Job<Input, Result> {
  return job;
}
