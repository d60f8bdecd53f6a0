import { z } from 'zod';
import { Refused } from '../ledger/refusal.ts';
import { asError } from '../runtime/as-error.ts';
import { quotedText } from '../runtime/quoted-text.ts';

/** Refusals of input that can never run: they answer the request, and no failed run is kept. */
const inputRefusals: ReadonlySet<string> = new Set(['invalid-input', 'day-not-ended', 'period-not-ended']);

/** Whether a job was refused for its input. */
export function neverRuns(error: unknown): error is Refused {
  return error instanceof Refused && inputRefusals.has(error.refusal.refused);
}

/** Whether a failure is the answer of the job: the run has failed, and nothing is left to be tried. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Refused && error.refusal.refused === 'revert-failed';
}

/** Whether the same input would fail the same way again, so that another attempt is useless. */
export function unrecoverable(error: unknown): boolean {
  return (
    neverRuns(error) ||
    (error instanceof Refused && ['unknown-job', 'not-configured'].includes(error.refusal.refused))
  );
}

/** Characters that a run keeps of its failure. */
const longestFailure = 2_000;

/** One sentence for people, of bounded length and without secrets; never a stack. */
export function describeFailure(error: unknown): string {
  return quotedText(sentenceOf(error), [], longestFailure);
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return `${error.refusal.refused}: ${error.refusal.detail}`;
  if (error instanceof z.ZodError)
    return `unexpected shape: ${error.issues
      .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      .join('; ')}`;
  return asError(error).message;
}
