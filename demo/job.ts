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
