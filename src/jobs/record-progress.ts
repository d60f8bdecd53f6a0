import type { ProcessRun } from '../processes/process.ts';
import type { Logger } from '../runtime/logger.ts';
import type { RunProgress, RunStore } from './run-store.ts';

/** The least time between two records of a run's progress. */
const RECORD_MS = 500;

/**
 * Records what a run reports now and then, one record after the other, so that none is overtaken. A record
 * that fails does not fail the run.
 * @param also is told of every report
 * @returns `recorded` answers the last record, when none is under way
 */
export function recordProgress(
  store: Pick<RunStore, 'progress'>,
  runId: string,
  logger: Logger,
  also?: ProcessRun['progress'],
): { report: ProcessRun['progress']; recorded: () => Promise<RunProgress | null> } {
  let last: RunProgress | null = null;
  let recordedAt = Number.NEGATIVE_INFINITY;
  let recording: Promise<void> = Promise.resolve();
  const report: ProcessRun['progress'] = (done, total, note) => {
    also?.(done, total, note);
    const isLast = done >= total;
    if (!isLast && performance.now() - recordedAt < RECORD_MS) return;
    recordedAt = performance.now();
    const progress = { done, total, note: note ?? null };
    last = progress;
    recording = recording
      .then(() => store.progress(runId, progress))
      .catch((error: unknown) => {
        logger.warn({ run_id: runId, err: error }, 'the progress of a job run could not be recorded');
      });
  };
  return { report, recorded: () => recording.then(() => last) };
}
