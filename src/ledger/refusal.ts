/**
 * Why a command was not carried out. A refusal is an answer, not a failure: nothing was written.
 * `src/http/problem.ts` maps the codes to HTTP statuses; this file knows nothing of HTTP.
 */
export const refusalCodes = [
  // the input
  'invalid-input',
  'period-not-ended',
  'day-not-ended',
  'transition-not-allowed',
  'currency-mismatch',
  'unknown-plan',
  'unknown-addon',
  'unknown-template',
  'unknown-resource',
  'unknown-deployment',
  'unknown-job',
  'plan-draft',
  'plan-retired',
  'in-the-future',
  'too-old',
  'charge-too-large',
  'metered-kind',
  // access and existence
  'forbidden',
  'not-found',
  // the state of things
  'already-exists',
  'already-tied',
  'already-subscribed',
  'not-subscribed',
  'not-tied',
  'deployment-closed',
  'period-invoiced',
  'close-blocked',
  'invoice-paid',
  'invoice-void',
  'payment-refunded',
  'payment-reversed',
  'no-balance',
  'invoice-corrected',
  'not-billable',
  'credit-above-invoice',
  'no-address',
  'drift-closed',
  'revert-running',
  'revert-failed',
  'no-seller',
  'no-profile',
  'idempotency-conflict',
  'conflict',
  // temporary trouble and configuration
  'stale-read',
  'upstream-failed',
  'not-configured',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** A fault in the input: its `path`, as `items.0.included_qty`, and the reason. */
export interface FieldError {
  path: string;
  message: string;
  /** Of a file of many rows, from 1. */
  row?: number;
}

/** A refusal: its code, a sentence for people, and details for programs. */
export interface Refusal {
  refused: RefusalCode;
  detail: string;
  /** Fields at fault, for input that fails validation. */
  errors?: FieldError[];
  /** Extra members of the problem document, snake_case (`allowed`, `invoice_id`, …). */
  extra?: Record<string, unknown>;
}

/** A refusal of a code. */
export function refuse(
  code: RefusalCode,
  detail: string,
  more: { errors?: FieldError[]; extra?: Record<string, unknown> } = {},
): Refusal {
  return { refused: code, detail, ...more };
}

/** Refuses one field of the input by its path. */
export function refuseField(path: string, message: string): Refusal {
  return refuse('invalid-input', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** Whether a value is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** Carries a refusal through code that has no place to return one (loaders, route handlers). */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.detail, options);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}
