import { mapBounded } from '../src/runtime/map-bounded.ts';
import * as answers from './answers.ts';
import type { Api } from './api.ts';

/** A step that can't go on. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** Runs a job and answers its result. @throws {DemoError} the job failed */
export async function completeJob(admin: Api, name: string, input: object = {}): Promise<unknown> {
  const { data: run } = await admin.post(`jobs/${name}/run`, input, answers.jobRun);
  if (run.status !== 'completed')
    throw new DemoError(`${name} ${run.status}: ${run.error ?? 'no reason given'}`);
  return run.result;
}

/** Days that are metered at once: they share appends and the waits for read models. */
const daysAtOnce = 4;

/** Meters these days. Answers how many usage records they come to. */
export async function meterDays(
  admin: Api,
  days: readonly string[],
  progress: (done: number, total: number, note: string) => void,
): Promise<number> {
  let done = 0;
  const records = await mapBounded(
    days,
    async (day) => {
      const metered = answers.meteringResult.parse(await completeJob(admin, 'metering.day', { day }));
      progress((done += 1), days.length, day);
      return metered.records;
    },
    daysAtOnce,
  );
  return records.reduce((sum, count) => sum + count, 0);
}
