import { loadConfig } from '../config.ts';
import { silentLogger } from '../runtime/logger.ts';
import { jobs } from '../jobs/jobs.ts';
import type { StoredRun } from '../jobs/job-runner.ts';
import { openJobs } from '../open-jobs.ts';
import { openParts } from '../parts.ts';
import { parseJobInput } from './job-input.ts';
import { createLogger } from './create-logger.ts';
import { createProgress } from './progress.ts';
import { secretsOf } from './secrets.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';
import { cliActor } from './cli-actor.ts';
import { visible, visibleLine } from './visible.ts';

/** How long an interrupted run may still take. */
const drainMs = 10_000;

/**
 * Runs a job to its end, with its progress on stderr and its result on stdout.
 * @returns the exit code: 0 when the job completed, 1 when it failed, 130 when it was interrupted
 * @throws {UsageError} for an unknown job, or input that it does not take
 */
export async function runJob(name: string, args: readonly string[], json: boolean): Promise<number> {
  const job = jobs.find((candidate) => candidate.name === name);
  if (job === undefined)
    throw new UsageError(
      `There is no job ${name}. Jobs are:\n${jobs.map((known) => `  ${known.name}`).join('\n')}`,
    );
  const input = parseJobInput(job.input, args);
  const config = loadConfig(process.env, ['log', 'invoicing', 'upstreams']);
  // Stdout has the result. Log lines are written only where LOG_LEVEL is set.
  const logger = process.env['LOG_LEVEL']
    ? createLogger(config.logLevel, 2, secretsOf(process.env))
    : silentLogger;
  const open = await openJobs(await openParts(config, { logger }));
  const progress = createProgress(process.stderr, name);
  const stop = stopSignal(() => {
    process.stderr.write(
      `\nThe run may end within ${drainMs / 1000} seconds; press again to stop at once.\n`,
    );
  });
  try {
    const start = performance.now();
    const running = open.jobs.run(name, input, {
      actor: cliActor(),
      onProgress: (done, total, note) => {
        progress.update(done, total, note);
      },
    });
    const run = await Promise.race([running, stop.asked.then(() => null)]);
    progress.end();
    if (run === null) {
      // The run keeps its outcome; an interrupted command does not wait for it.
      running.catch(() => undefined);
      return 130;
    }
    process.stdout.write(
      json ? visible(`${JSON.stringify(run)}\n`) : showRun(run, performance.now() - start),
    );
    return run.status === 'completed' ? 0 : 1;
  } finally {
    progress.end();
    await open.close(drainMs);
    stop.release();
  }
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
  if (Array.isArray(value) && value.length > 0)
    return [`  ${key}  ${value.length}`, ...value.map((item: unknown) => `    ${text(item)}`)];
  return [`  ${key}  ${Array.isArray(value) ? 'none' : text(value)}`];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
}
