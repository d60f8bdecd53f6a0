import type { FieldError } from '../ledger/refusal.ts';

/** A form that is shown again as it was filled in: it was not carried out, or was a trial. */
export interface Draft {
  /** The name of its action. */
  action: string;
  params: Readonly<Record<string, string>>;
  /** What was typed, by the names of the fields. */
  typed: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
  /** Why, in a sentence. */
  message: string;
  /** `good`: of a trial that found no error. */
  tone: 'good' | 'bad';
  /** Its Idempotency-Key, where sending it again must not do it twice. */
  key: string | null;
}
