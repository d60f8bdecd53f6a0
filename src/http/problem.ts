import { Refused, refuse, type FieldError, type Refusal, type RefusalCode } from '../ledger/refusal.ts';
import { AmountTooLarge } from '../pricing/rounding.ts';

/** An RFC 9457 problem document. Beside these, a refusal's extra members (`allowed`, `invoice_id`, …). */
export interface Problem {
  /** `urn:arcadia-cloud:problem:<code>`: what a client program decides by. */
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
  [extra: string]: unknown;
}

/** Problems of HTTP itself, which are no refusals of commands. */
export type HttpProblemCode =
  | 'malformed-request'
  | 'unauthorized'
  | 'unknown-path'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'busy'
  | 'unavailable'
  | 'internal-error';

export type ProblemCode = RefusalCode | HttpProblemCode;

interface Mapping {
  status: number;
  title: string;
  /** Seconds after which a retry makes sense. */
  retryAfter?: number;
}

/** The one place where refusals become HTTP statuses. A code missing here does not compile. */
export const refusalStatus: Record<RefusalCode, Mapping> = {
  'invalid-input': { status: 422, title: 'The request is not valid' },
  'period-not-ended': { status: 422, title: 'The period has not ended' },
  'day-not-ended': { status: 422, title: 'The day has not ended' },
  'transition-not-allowed': { status: 422, title: 'This transition is not allowed' },
  'currency-mismatch': { status: 422, title: 'The ledger bills in another currency' },
  'unknown-plan': { status: 422, title: 'No such plan' },
  'unknown-addon': { status: 422, title: 'No such addon' },
  'unknown-template': { status: 422, title: 'No such template' },
  'unknown-resource': { status: 422, title: 'No such resource' },
  'unknown-deployment': { status: 422, title: 'No such deployment' },
  'unknown-job': { status: 404, title: 'No such job' },
  'plan-draft': { status: 422, title: 'The plan version is a draft' },
  'plan-retired': { status: 422, title: 'The plan version is retired' },
  'in-the-future': { status: 422, title: 'The report is dated in the future' },
  'too-old': { status: 422, title: 'The report is dated too far back' },
  'charge-too-large': { status: 422, title: 'The charge is above the limit' },
  'metered-kind': { status: 422, title: 'The kind is metered' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'already-exists': { status: 409, title: 'It exists already' },
  'already-tied': { status: 409, title: 'The resource is tied already' },
  'already-subscribed': { status: 409, title: 'The deployment has a subscription already' },
  'not-subscribed': { status: 409, title: 'The deployment has no subscription' },
  'not-tied': { status: 404, title: 'The resource is not tied to this deployment' },
  'deployment-closed': { status: 409, title: 'The deployment is closed' },
  'period-invoiced': { status: 409, title: 'The period is invoiced' },
  'close-blocked': { status: 409, title: 'Something stands between the month and its issue' },
  'invoice-paid': { status: 409, title: 'The invoice is paid' },
  'invoice-void': { status: 409, title: 'The invoice is void' },
  'payment-refunded': { status: 409, title: 'The payment is refunded' },
  'payment-reversed': { status: 409, title: 'The payment is reversed' },
  'no-balance': { status: 409, title: 'The tenant has no balance' },
  'invoice-corrected': { status: 409, title: 'The invoice has credit or debit notes' },
  'not-billable': { status: 409, title: 'The month can not be billed' },
  'credit-above-invoice': { status: 409, title: 'The credit is above what is left of the invoice' },
  'no-address': { status: 409, title: 'The customer has no mail address' },
  'drift-closed': { status: 409, title: 'The drift is closed' },
  'revert-running': { status: 409, title: 'A revert is under way' },
  'revert-failed': { status: 409, title: 'The revert has failed' },
  'no-seller': { status: 409, title: 'The seller is not set' },
  'no-profile': { status: 409, title: 'The customer has no profile' },
  'idempotency-conflict': { status: 409, title: 'The Idempotency-Key is taken' },
  conflict: { status: 409, title: 'Conflict with the current state' },
  'stale-read': { status: 503, title: 'The read models have not caught up yet', retryAfter: 1 },
  'upstream-failed': { status: 502, title: 'An upstream service failed' },
  'not-configured': { status: 409, title: 'Not configured' },
};

const httpStatus: Record<HttpProblemCode, Mapping> = {
  'malformed-request': { status: 400, title: 'Malformed request' },
  unauthorized: { status: 401, title: 'Not authenticated' },
  'unknown-path': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'too-many-requests': { status: 429, title: 'Too many requests', retryAfter: 60 },
  busy: { status: 503, title: 'Too busy', retryAfter: 5 },
  unavailable: { status: 503, title: 'Temporarily unavailable', retryAfter: 2 },
  'internal-error': { status: 500, title: 'Internal error' },
};

/** A problem of HTTP itself, with headers that belong to it (`Allow`, `WWW-Authenticate`). */
export class HttpProblem extends Error {
  readonly code: HttpProblemCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpProblemCode, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = 'HttpProblem';
    this.code = code;
    this.headers = headers;
  }
}

/** A problem document and the headers that go with it. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
}

function answer(
  code: ProblemCode,
  mapping: Mapping,
  detail: string,
  refusal?: Refusal,
  headers: Readonly<Record<string, string>> = {},
): ProblemAnswer {
  return {
    problem: {
      // The extra members first: none may shadow the standard ones.
      ...refusal?.extra,
      type: `urn:arcadia-cloud:problem:${code}`,
      title: mapping.title,
      status: mapping.status,
      detail,
      ...(refusal?.errors ? { errors: refusal.errors } : {}),
    },
    headers: {
      ...(mapping.retryAfter === undefined ? {} : { 'Retry-After': String(mapping.retryAfter) }),
      ...headers,
    },
  };
}

/** The answer for a refusal. */
export function refusalAnswer(refusal: Refusal): ProblemAnswer {
  return answer(refusal.refused, refusalStatus[refusal.refused], refusal.detail, refusal);
}

/** The answer for a problem of HTTP itself. */
function httpAnswer(problem: HttpProblem): ProblemAnswer {
  return answer(problem.code, httpStatus[problem.code], problem.message, undefined, problem.headers);
}

/** The problem that Express finds in a path before any handler runs. */
function pathProblem(error: unknown): HttpProblem | null {
  return error instanceof URIError
    ? new HttpProblem('malformed-request', 'the URL holds a malformed percent-encoding')
    : null;
}

/**
 * The answer for an error. An error that is neither a refusal nor known trouble is a 500; its message stays
 * in the log, since it may hold anything.
 * @param isOutage recognises errors of a database or log that can't be reached right now
 */
export function problemFor(
  error: unknown,
  isOutage: (error: unknown) => boolean,
): ProblemAnswer & { unexpected: boolean } {
  if (error instanceof Refused) return { ...refusalAnswer(error.refusal), unexpected: false };
  if (error instanceof HttpProblem) return { ...httpAnswer(error), unexpected: false };
  if (isOutage(error)) {
    return {
      ...httpAnswer(
        new HttpProblem(
          'unavailable',
          'a database can not be reached or takes no writes right now; try again shortly',
        ),
      ),
      unexpected: true,
    };
  }
  // Prices and rates are bounded one by one; their products and sums over a month are not.
  if (error instanceof AmountTooLarge)
    return {
      ...refusalAnswer(refuse('conflict', 'the figures come to more than an amount can hold')),
      unexpected: false,
    };
  const path = pathProblem(error);
  if (path) return { ...httpAnswer(path), unexpected: false };
  return {
    ...httpAnswer(
      new HttpProblem(
        'internal-error',
        'something went wrong; the X-Correlation-Id of this answer finds it in the log',
      ),
    ),
    unexpected: true,
  };
}
