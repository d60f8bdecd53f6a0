import { refuse, Refused, type FieldError } from '../ledger/refusal.ts';
import type { Job } from './job.ts';

/** A job's input with its defaults. @throws {Refused} `invalid-input`, with each error's path */
export function checkInput(job: Job, input: unknown): unknown {
  const parsed = job.input.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const errors: FieldError[] = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'unknown field' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  const reasons = errors.map((error) => `${error.path}: ${error.message}`).join('; ');
  throw new Refused(refuse('invalid-input', `input of ${job.name}: ${reasons}`, { errors }));
}
