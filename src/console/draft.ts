import type { FieldError } from '../ledger/refusal.ts';

/** A form that was sent and not carried out: what was typed, and why it was not. */
export interface Draft {
  /** The name of its action. */
  action: string;
  params: Readonly<Record<string, string>>;
  /** What was typed, by the names of the fields. */
  typed: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
  /** Why, in a sentence. */
  message: string;
  /** Its Idempotency-Key, where sending it again must not do it twice. */
  key: string | null;
}
