import { Refused } from '../ledger/refusal.ts';

/** An answer, or null where there is no such object. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused && error.refusal.refused === 'not-found') return null;
    throw error;
  }
}
