import type { Command } from 'commander';
import { createServiceFromConfig } from '../compose.ts';
import { loadConfig } from '../config.ts';
import { silentLogger } from '../engine/logger.ts';
import { jobs } from '../jobs/jobs.ts';
import type { StoredRun } from '../jobs/job-runner.ts';
import { parseJobInput } from './job-input.ts';
import { createLogger } from './log.ts';
import { createProgress } from './progress.ts';
import { secretsOf } from './secrets.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';
import { userName } from './user-name.ts';
import { visible, visibleLine } from './visible.ts';

/** How long an interrupted run may still take. */
const drainMs = 10_000;

/** Adds `job run` and `job list`. */
export function addJobCommands(program: Command): void {
  const job = program.command('job').description('run jobs by hand');
  job.command('list')
    .description('every job with its queue and schedule (UTC)')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => { process.stdout.write(json === true ? `${JSON.stringify(listed())}\n` : table()); });
  job.command('run')
    .description('run a job against the ledger; a service may be running beside it')
    .argument('<name>', 'as in `arcadia job list`')
    .argument('[input...]', 'the job\'s input: day=2026-04-01, --day 2026-04-01 or \'{"day":"2026-04-01"}\'')
    // What is no option of this command is input of the job.
    .allowUnknownOption()
    .option('--json', 'print the run as one line of JSON')
    .action(async (name: string, input: string[], { json }: { json?: boolean }) => {
      process.exitCode = await runJob(name, input, json === true);
    });
}

function listed() {
  return jobs.map(({ name, queue, cron, summary }) => ({ name, queue, cron, summary }));
}

function table(): string {
  const width = Math.max(...jobs.map(({ name }) => name.length));
  return jobs.map(({ name, cron, summary }) => `${name.padEnd(width)}  ${(cron ?? 'queued').padEnd(12)}  ${summary}\n`).join('');
}

/** @returns the exit code: 0 when the job completed, 1 when it failed */
async function runJob(name: string, args: readonly string[], json: boolean): Promise<number> {
  const job = jobs.find((candidate) => candidate.name === name);
  if (job === undefined) throw new UsageError(`There is no job ${name}. Jobs are:\n${jobs.map((known) => `  ${known.name}`).join('\n')}`);
  const input = parseJobInput(job.input, args);
  const config = loadConfig(process.env);
  // The result is the answer; the log is for those who ask for it.
  const logger = process.env['LOG_LEVEL'] ? createLogger(config.logLevel, 2, secretsOf(process.env)) : silentLogger;
  const service = await createServiceFromConfig(config, { logger });
  const progress = createProgress(process.stderr, name);
  const stop = stopSignal(() => { process.stderr.write(`\nThe run may end within ${drainMs / 1000} seconds; press again to stop at once.\n`); });
  try {
    const start = performance.now();
    const actor = { sub: `cli:${userName()}`, tenant_id: null, roles: ['platform_admin'] };
    const running = service.jobs.run(name, input, { actor, onProgress: (done, total, note) => { progress.update(done, total, note); } });
    const run = await Promise.race([running, stop.asked.then(() => null)]);
    progress.end();
    if (run === null) return await interrupted(running);
    process.stdout.write(json ? visible(`${JSON.stringify(run)}\n`) : showRun(run, performance.now() - start));
    return run.status === 'completed' ? 0 : 1;
  } finally {
    progress.end();
    await service.close(drainMs);
    stop.release();
  }
}

async function interrupted(running: Promise<StoredRun>): Promise<number> {
  // How it ends is kept on the run; whoever interrupted it does not wait for the answer.
  running.catch(() => undefined);
  return 130;
}

function showRun({ id, job, status, result, error }: StoredRun, ms: number): string {
  const lines = [`${job} ${status} in ${(ms / 1000).toFixed(1)} s (run ${id})`];
  if (error !== null) lines.push(`  ${error}`);
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) {
    const width = Math.max(0, ...Object.keys(result).map((key) => key.length));
    for (const [key, value] of Object.entries(result)) lines.push(...member(key.padEnd(width), value));
  } else if (result !== null) {
    lines.push(`  ${JSON.stringify(result)}`);
  }
  return `${lines.map(visibleLine).join('\n')}\n`;
}

function member(key: string, value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return [`  ${key}  ${value.length}`, ...value.map((item: unknown) => `    ${text(item)}`)];
  return [`  ${key}  ${Array.isArray(value) ? 'none' : text(value)}`];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? 'none';
}
