import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import {
  BodyTooLarge,
  discardBody,
  isJsonType,
  mostBytes,
  readBody,
  requireFewValues,
} from '../runtime/read-body.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { FinanceError, type FinanceErrorCode } from './errors.ts';
import type { ArPayload } from './ar-payload.ts';
import type { ImportInvoicePayload } from './import-payload.ts';

export interface FinanceClientOptions {
  /** The base URL of the finance service, without a path. */
  baseUrl: string;
  /** The secret that both services share. */
  secret: string;
  /** The token's tenant and roles: SKYAI_FINANCE_TENANT_ID and SKYAI_FINANCE_ROLES. */
  tenantId: string;
  roles: readonly string[];
  clock: { now(): number };
  fetch?: typeof fetch;
  /** From sending to the last byte of the answer. */
  timeoutMs?: number;
}

export interface ImportInvoiceResult {
  action: 'created' | 'updated';
  invoice_id: string;
}

export interface FinanceClient {
  /** Imports an invoice, or updates the one with its `external_id`. One attempt; throws FinanceError. */
  importInvoice(payload: ImportInvoicePayload): Promise<ImportInvoiceResult>;
  /**
   * Imports a document of a tenant, or updates the one with its `external_id`. One attempt; throws
   * FinanceError, also for an answer in another currency.
   */
  importArDocument(payload: ArPayload): Promise<ImportInvoiceResult>;
  /**
   * Finance's own copy of a document of a tenant, as JSON. Null: there is none, or finance does not offer it.
   * One attempt; throws FinanceError.
   */
  readArDocument(externalId: string): Promise<unknown>;
}

const integration = '/api/v1/integrations/cloud';
const tokenLifetimeSeconds = 300;

/** The most characters of an invoice's id. */
const longestId = 200;

/**
 * The answer, as it is or under `data`.
 * @param isId whether a text may be stored as an id: it holds no part of a secret
 */
function envelopeSchema(isId: (text: string) => boolean) {
  const answer = z.object({
    action: z.enum(['created', 'updated']),
    currency: z.string().optional(),
    invoice_id: z.union([z.string().min(1).max(longestId).refine(isId), z.int()]).transform(String),
  });
  return z.union([answer, z.object({ data: answer }).transform(({ data }) => data)]);
}

/** A request, and how its complete answer becomes a result. */
interface Call<Result> {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** What is done, for messages. */
  what: string;
  read: (answer: Answer) => Result;
}

/** A complete answer. `hide` makes a text of it fit to be stored. */
interface Answer {
  status: number;
  contentType: string;
  text: string;
  hide: Hide;
}

/** A client of the finance service. Each call mints a JWT that is valid for five minutes. */
export function createFinanceClient(options: FinanceClientOptions): FinanceClient {
  return {
    importInvoice: (payload) =>
      call(options, {
        method: 'POST',
        path: `${integration}/import-invoice`,
        body: payload,
        what: 'importing the invoice',
        read: (answer) => readResult(answer, 'importing the invoice', null),
      }),
    importArDocument: (payload) =>
      call(options, {
        method: 'POST',
        path: `${integration}/import-ar-invoice`,
        body: payload,
        what: 'importing the document',
        read: (answer) => readResult(answer, 'importing the document', payload.currency),
      }),
    readArDocument: (externalId) =>
      call(options, {
        method: 'GET',
        path: `${integration}/ar-invoices/${encodeURIComponent(externalId)}`,
        what: 'reading the document',
        read: readCopy,
      }),
  };
}

async function call<Result>(
  options: FinanceClientOptions,
  { method, path, body, what, read }: Call<Result>,
): Promise<Result> {
  const { fetch: fetchWith = fetch, timeoutMs = 30_000 } = options;
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`no complete answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const token = mintToken(options);
  // The token's parts too: the answer may hold the token broken into lines, or its signature alone.
  const hide = (text: string): string => quotedText(text, [token, ...token.split('.'), options.secret]);
  let response: Response | null = null;
  try {
    response = await fetchWith(options.baseUrl.replace(/\/+$/, '') + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect could carry the token to another host.
      redirect: 'manual',
      signal: controller.signal,
    });
    const contentType = response.headers.get('content-type') ?? '';
    return read({
      status: response.status,
      contentType,
      text: await readBody(response, mostBytes.json),
      hide,
    });
  } catch (cause) {
    if (cause instanceof FinanceError) throw cause;
    const reason: unknown = controller.signal.aborted ? controller.signal.reason : cause;
    const failed = `failed: ${reason instanceof Error ? hide(reason.message) : 'unknown error'}`;
    throw failure(
      reason instanceof BodyTooLarge ? 'too-large' : 'unavailable',
      response?.status ?? null,
      `${what} ${failed}`,
      reason,
    );
  } finally {
    clearTimeout(timer);
    if (response !== null) await discardBody(response);
  }
}

function mintToken({ secret, tenantId, roles, clock }: FinanceClientOptions): string {
  const now = Math.floor(clock.now() / 1000);
  const claims = {
    sub: 'arcadia-cloud',
    iat: now,
    exp: now + tokenLifetimeSeconds,
    tenant_id: tenantId,
    roles: [...roles],
  };
  // A text would be tried as a private key first, which is forty times the work of the signature.
  return jwt.sign(claims, createSecretKey(Buffer.from(secret)), { algorithm: 'HS512' });
}

type Hide = (text: string) => string;

function refused({ status, contentType, text, hide }: Answer, what: string): FinanceError | null {
  if (status >= 200 && status <= 299) return null;
  return failure(codeOf(status), status, `${what} answered ${status}${reasonIn(contentType, text, hide)}`);
}

/** @param currency what the answer's currency must be, where it names one */
function readResult(answer: Answer, what: string, currency: string | null): ImportInvoiceResult {
  const { status, contentType, text, hide } = answer;
  const error = refused(answer, what);
  if (error !== null) throw error;
  const parsed = envelopeSchema((id) => hide(id) === id).safeParse(parseJson(contentType, text));
  if (!parsed.success)
    throw failure('malformed', status, `${what} answered ${status} without action and invoice_id`);
  const { currency: theirs = currency, ...result } = parsed.data;
  if (currency !== null && theirs !== currency)
    throw failure('malformed', status, `${what} answered ${status} in another currency`);
  return result;
}

function readCopy(answer: Answer): unknown {
  const { status, contentType, text } = answer;
  if (status === 404 || status === 405) return null;
  const error = refused(answer, 'reading the document');
  if (error !== null) throw error;
  const body = parseJson(contentType, text);
  if (typeof body !== 'object' || body === null)
    throw failure('malformed', status, `reading the document answered ${status} without a document`);
  return 'data' in body && typeof body.data === 'object' && body.data !== null ? body.data : body;
}

function codeOf(status: number): FinanceErrorCode {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status >= 500 || status === 408 || status === 429) return 'unavailable';
  return status >= 400 ? 'rejected' : 'malformed';
}

const problemSchema = z.object({
  detail: z.string().optional(),
  error: z.string().optional(),
  message: z.string().optional(),
  title: z.string().optional(),
});

/** The service's own reason, shortened: it is stored with the job. */
function reasonIn(contentType: string, text: string, hide: Hide): string {
  const problem = problemSchema.safeParse(parseJson(contentType, text));
  const reason = problem.success
    ? (problem.data.detail ?? problem.data.error ?? problem.data.message ?? problem.data.title)
    : undefined;
  return reason === undefined ? '' : ` (${hide(reason)})`;
}

function parseJson(contentType: string, text: string): unknown {
  if (!isJsonType(contentType)) return undefined;
  requireFewValues(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function failure(code: FinanceErrorCode, status: number | null, what: string, cause?: unknown): FinanceError {
  return new FinanceError({ code, status, message: `finance service: ${what}`, cause });
}
