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
}

const importPath = '/api/v1/integrations/cloud/import-invoice';
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
    invoice_id: z.union([z.string().min(1).max(longestId).refine(isId), z.int()]).transform(String),
  });
  return z.union([answer, z.object({ data: answer }).transform(({ data }) => data)]);
}

/** A client of the finance service. Each call mints a JWT that is valid for five minutes. */
export function createFinanceClient(options: FinanceClientOptions): FinanceClient {
  const { fetch: fetchWith = fetch, timeoutMs = 30_000 } = options;
  const url = options.baseUrl.replace(/\/+$/, '') + importPath;

  return {
    async importInvoice(payload) {
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
        response = await fetchWith(url, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            accept: 'application/json',
          },
          body: JSON.stringify(payload),
          // A redirect could carry the token to another host.
          redirect: 'manual',
          signal: controller.signal,
        });
        return readResult(
          response.status,
          response.headers.get('content-type') ?? '',
          await readBody(response, mostBytes.json),
          hide,
        );
      } catch (cause) {
        if (cause instanceof FinanceError) throw cause;
        const reason: unknown = controller.signal.aborted ? controller.signal.reason : cause;
        const what = `failed: ${reason instanceof Error ? hide(reason.message) : 'unknown error'}`;
        throw failure(
          reason instanceof BodyTooLarge ? 'too-large' : 'unavailable',
          response?.status ?? null,
          what,
          reason,
        );
      } finally {
        clearTimeout(timer);
        if (response !== null) await discardBody(response);
      }
    },
  };
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
  return jwt.sign(claims, secret, { algorithm: 'HS512' });
}

type Hide = (text: string) => string;

function readResult(status: number, contentType: string, text: string, hide: Hide): ImportInvoiceResult {
  if (status < 200 || status > 299)
    throw failure(codeOf(status), status, `answered ${status}${reasonIn(contentType, text, hide)}`);
  const parsed = envelopeSchema((id) => hide(id) === id).safeParse(parseJson(contentType, text));
  if (!parsed.success) throw failure('malformed', status, `answered ${status} without action and invoice_id`);
  return parsed.data;
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
  return new FinanceError({ code, status, message: `finance service: importing the invoice ${what}`, cause });
}
