import type { Command } from 'commander';

/** Adds `job run` and `job list`. */
export function addJobCommands(program: Command): void {
  const job = program.command('job').description('run jobs by hand');
  job
    .command('list')
    .description('every job with its queue and schedule (UTC)')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { listJobs } = await import('./job-list.ts');
      process.stdout.write(listJobs(json === true));
    });
  job
    .command('run')
    .description('run a job against the ledger; a service may be running beside it')
    .argument('<name>', 'as in `arcadia job list`')
    .argument('[input...]', 'the job\'s input: day=2026-04-01, --day 2026-04-01 or \'{"day":"2026-04-01"}\'')
    // An option that this command does not have is input of the job.
    .allowUnknownOption()
    .option('--json', 'print the run as one line of JSON')
    .action(async (name: string, input: string[], { json }: { json?: boolean }) => {
      const { runJob } = await import('./job-run.ts');
      process.exitCode = await runJob(name, input, json === true);
    });
}
