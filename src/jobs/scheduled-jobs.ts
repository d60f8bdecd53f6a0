// The jobs that have a schedule, and their next ticks.
import { getNextMillis } from 'bullmq';
import type { Job } from './job.ts';
import type { ProcessDeps } from '../processes/process.ts';

/** A job with a schedule. */
export type ScheduledJob = Job & { readonly cron: string };

type Configured = Pick<ProcessDeps, 'digitalOcean' | 'spaces' | 'mail' | 'financeAr' | 'autoCorrect'>;

/** Whether what a job works with is configured, and it may run by itself. */
function isConfigured(
  name: string,
  { digitalOcean, spaces = null, mail, financeAr, autoCorrect = false }: Configured,
): boolean {
  if (/^(sync|billing)\./.test(name)) return digitalOcean !== null;
  if (name === 'spaces.sizes') return spaces !== null;
  if (name === 'invoices.send') return mail !== null;
  if (name === 'invoices.correct') return autoCorrect;
  return name === 'finance.ar' ? financeAr : true;
}

/** The jobs that have a schedule and whose client is configured. */
export function scheduledJobs(jobs: readonly Job[], deps: Configured): ScheduledJob[] {
  return jobs.filter((job): job is ScheduledJob => job.cron !== null && isConfigured(job.name, deps));
}

/** The first tick of a cron pattern (UTC) after a time. */
export function nextTick(cron: string, after: Date): Date {
  const next = getNextMillis(after.getTime(), { pattern: cron, tz: 'UTC' });
  if (next === undefined)
    throw new Error(`the cron pattern ${cron} has no tick after ${after.toISOString()}`);
  return new Date(next);
}
