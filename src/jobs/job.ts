import type { z } from 'zod';
import type { CloseItem } from '../invoicing/close/close-item.ts';
import type { ProcessDeps, ProcessRun } from '../processes/process.ts';

/** The BullMQ queues of spec 14. A worker takes from all of them. */
export const queueNames = [
  'provisioning',
  'cloud_sync_fast',
  'cloud_sync_full',
  'cloud_sync_slow',
  'cloud_billing',
  'metering',
] as const;

export type QueueName = (typeof queueNames)[number];

/** Why a scheduled run waits. */
export interface HeldBack {
  /** A sentence. */
  waiting_for: string;
  /** What is to be mended, where a list says it. */
  held_by: readonly CloseItem[];
}

/** A job, for schedule, API and command line. A second run with the same input changes nothing. */
export interface Job<Input = unknown, Result = unknown> {
  readonly name: string;
  readonly queue: QueueName;
  /** Cron pattern in UTC; null for a job that other jobs queue. */
  readonly cron: string | null;
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  /**
   * What a tick of the schedule queues: an input for each run that is due, oldest first. Each is fixed from
   * then on; a retry runs with the same. Absent: one run with `{}`.
   */
  due?(deps: ProcessDeps): Promise<NoInfer<Input>[]>;
  /** Why a scheduled run has to wait, or null. By hand nothing waits. */
  heldBack?(input: Input, deps: ProcessDeps): Promise<HeldBack | null>;
  /** The id of the run, where it follows from the input: all attempts are then one run. */
  runId?(input: Input): string;
  run(input: Input, deps: ProcessDeps, run: ProcessRun): Promise<Result>;
}

/** Declares a job; the types follow from its parts. */
export function defineJob<Input, Result>(job: Job<Input, Result>): Job<Input, Result> {
  return job;
}
