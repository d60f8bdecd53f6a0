import { Refused, type Refusal } from '../ledger/refusal.ts';

/** What a route answers, or why it refuses what a person typed. */
export type Tried<Answer> = { answer: Answer; refusal: null } | { answer: null; refusal: Refusal };

/**
 * Takes a refusal of what was typed as an answer, to be shown beside the form that asked.
 * @throws {Refused} what is no fault of the form: an object that is not there, access, a read that is stale
 */
export async function orRefusal<Answer>(asked: Promise<Answer>): Promise<Tried<Answer>> {
  try {
    return { answer: await asked, refusal: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    if (['not-found', 'forbidden', 'stale-read', 'overloaded'].includes(refusal.refused)) throw error;
    return { answer: null, refusal };
  }
}
