import { jobs } from '../jobs/jobs.ts';

/** Every job with its schedule, as `arcadia job list` shows it. */
export function listJobs(json: boolean): string {
  return json ? `${JSON.stringify(listed())}\n` : table();
}

function listed() {
  return jobs.map(({ name, queue, cron, summary }) => ({ name, queue, cron, summary }));
}

function table(): string {
  const width = Math.max(...jobs.map(({ name }) => name.length));
  return jobs
    .map(({ name, cron, summary }) => `${name.padEnd(width)}  ${(cron ?? 'queued').padEnd(12)}  ${summary}\n`)
    .join('');
}
