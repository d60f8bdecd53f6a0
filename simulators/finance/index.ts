// A stand-in for the finance service over real HTTP, for tests and the demo.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { listenOnLoopback } from '../listen.ts';
import { readJson } from '../read-json.ts';
import { importArBody, type ImportArBody } from './ar-body.ts';
import { importInvoiceBody, type ImportInvoiceBody } from './body.ts';
import { checkToken, type FinanceClaims } from './token.ts';

export type { ImportArBody } from './ar-body.ts';
export type { ImportInvoiceBody } from './body.ts';
export type { FinanceClaims } from './token.ts';

export const IMPORT_PATH = '/api/v1/integrations/cloud/import-invoice';
export const IMPORT_AR_PATH = '/api/v1/integrations/cloud/import-ar-invoice';
/** Followed by the external id. */
const AR_COPIES_PATH = '/api/v1/integrations/cloud/ar-invoices/';

/**
 * How the service fails: 503, a reset connection before or after the import took effect, 401, silence, the
 * caller's token as the id of the invoice or within a 422's reason, an answer of 40 MB, or one that never
 * ends.
 */
export type FinanceFailure =
  | 'down'
  | 'reset'
  | 'reset_after_import'
  | 'unauthorized'
  | 'slow'
  | 'echo_as_id'
  | 'echo_as_reason'
  | 'flood'
  | 'endless';

export interface FinanceCall {
  method: string;
  path: string;
  /** Claims of a token that was accepted, else null. */
  claims: FinanceClaims | null;
  /** The body as sent; undefined when it was no JSON. */
  body: unknown;
  /** Status answered; null where the connection was reset or left without an answer. */
  status: number | null;
  /** Why it was refused; null when it was not. */
  reason: string | null;
}

export interface FinanceSettings {
  secret: string;
  /** Default: any free port. */
  port?: number;
  /** Time in epoch seconds at which tokens must be valid; default: the wall clock. */
  now?: () => number;
}

export interface ImportedInvoice {
  invoice_id: string;
  /** The body of the latest import. */
  body: ImportInvoiceBody;
  /** How often it was imported. */
  imports: number;
}

/** A document of a tenant; finance's own copy of it is the body, with `alterations`. */
export interface ImportedArDocument {
  invoice_id: string;
  body: ImportArBody;
  imports: number;
}

export interface FinanceSimulator {
  readonly url: string;
  /** Every call so far, oldest first. */
  readonly calls: FinanceCall[];
  /** Imported invoices by external id. */
  readonly invoices: ReadonlyMap<string, ImportedInvoice>;
  /** Imported documents of tenants by external id. */
  readonly arDocuments: ReadonlyMap<string, ImportedArDocument>;
  /** Members by which copies of documents differ from what was imported, by external id. */
  readonly alterations: Map<string, Record<string, unknown>>;
  /** Whether copies of documents are given (default), or the route is none. */
  offerCopies(offered: boolean): void;
  /** Fails the next `times` calls (default: all until `recover`). */
  fail(failure: FinanceFailure, times?: number): void;
  recover(): void;
  close(): Promise<void>;
}

interface State {
  settings: FinanceSettings;
  calls: FinanceCall[];
  invoices: Map<string, ImportedInvoice>;
  arDocuments: Map<string, ImportedArDocument>;
  alterations: Map<string, Record<string, unknown>>;
  offersCopies: boolean;
  failure: { kind: FinanceFailure; left: number } | null;
}

const reply = (response: ServerResponse, call: FinanceCall, status: number, body: object): void => {
  call.status = status;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};

const refuse = (response: ServerResponse, call: FinanceCall, status: number, reason: string): void => {
  call.reason = reason;
  reply(response, call, status, { error: reason });
};

/** An invoice number that depends on the external id only, so that runs are repeatable. */
const invoiceIdFor = (externalId: string): string =>
  `fin-${createHash('sha256').update(externalId).digest('hex').slice(0, 12)}`;

/** Keeps a body under its external id: once created, then updated. */
const keep = <Body extends { external_id: string }>(
  kept: Map<string, { invoice_id: string; body: Body; imports: number }>,
  body: Body,
): { action: 'created' | 'updated'; invoice_id: string } => {
  const known = kept.get(body.external_id);
  const invoiceId = known?.invoice_id ?? invoiceIdFor(body.external_id);
  kept.set(body.external_id, { invoice_id: invoiceId, body, imports: (known?.imports ?? 0) + 1 });
  return { action: known === undefined ? 'created' : 'updated', invoice_id: invoiceId };
};

/** Answers with finance's copy of a document. */
const answerCopy = (state: State, response: ServerResponse, call: FinanceCall): void => {
  if (!state.offersCopies) return refuse(response, call, 404, 'no such route');
  if (call.method !== 'GET') return refuse(response, call, 405, 'GET only');
  const id = decodeURIComponent(call.path.slice(AR_COPIES_PATH.length));
  const document = state.arDocuments.get(id);
  if (document === undefined) return refuse(response, call, 404, 'no such document');
  const { invoice_id, body } = document;
  reply(response, call, 200, { data: { invoice_id, ...body, ...state.alterations.get(id) } });
};

/** An answer that begins and never ends. */
const drip = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  const timer = setInterval(() => response.write(' '), 5);
  response.once('close', () => clearInterval(timer));
};

/** The failure of this call, counted as used. */
const takeFailure = (state: State): FinanceFailure | null => {
  const { failure } = state;
  if (failure === null || failure.left <= 0) return null;
  failure.left -= 1;
  return failure.kind;
};

const handle = async (state: State, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const call: FinanceCall = {
    method: request.method ?? 'GET',
    path,
    claims: null,
    body: await readJson(request),
    status: null,
    reason: null,
  };
  state.calls.push(call);
  const failure = takeFailure(state);
  if (failure === 'reset') return void request.socket.resetAndDestroy();
  if (failure === 'slow') return;
  if (failure === 'down') return refuse(response, call, 503, 'service unavailable');
  if (failure === 'unauthorized') return refuse(response, call, 401, 'refused on purpose');

  const token = request.headers.authorization ?? '';
  if (failure === 'echo_as_id')
    return reply(response, call, 200, { action: 'created', invoice_id: token.replace('Bearer ', '') });
  if (failure === 'echo_as_reason')
    return refuse(
      response,
      call,
      422,
      `not for ${token}\u001b[31m at /import?token=${token.replace('Bearer ', '')}`,
    );
  if (failure === 'flood')
    return reply(response, call, 200, {
      action: 'created',
      invoice_id: 'fin-1',
      padding: ' '.repeat(40 * 1024 * 1024),
    });
  if (failure === 'endless') return drip(response);

  const nowSeconds = state.settings.now?.() ?? Math.floor(Date.now() / 1000);
  const verdict = checkToken(request.headers.authorization, state.settings.secret, nowSeconds);
  if (!verdict.ok) return refuse(response, call, verdict.status, verdict.reason);
  call.claims = verdict.claims;
  if (path.startsWith(AR_COPIES_PATH)) return answerCopy(state, response, call);
  if (path !== IMPORT_PATH && path !== IMPORT_AR_PATH) return refuse(response, call, 404, 'no such route');
  if (call.method !== 'POST') return refuse(response, call, 405, 'POST only');
  if (call.body === undefined) return refuse(response, call, 400, 'the body is no JSON');
  const parsed = (path === IMPORT_PATH ? importInvoiceBody : importArBody).safeParse(call.body);
  if (!parsed.success)
    return refuse(
      response,
      call,
      422,
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  const result =
    parsed.data.source === 'digitalocean'
      ? keep(state.invoices, parsed.data)
      : keep(state.arDocuments, parsed.data);
  if (failure === 'reset_after_import') return void request.socket.resetAndDestroy();
  reply(response, call, 200, result);
};

/** Starts a stand-in for the finance service on 127.0.0.1. Closing it ends calls that wait for an answer. */
export const startFinanceSimulator = async (settings: FinanceSettings): Promise<FinanceSimulator> => {
  const state: State = {
    settings,
    calls: [],
    invoices: new Map(),
    arDocuments: new Map(),
    alterations: new Map(),
    offersCopies: true,
    failure: null,
  };
  const server = createServer((request, response) => {
    handle(state, request, response).catch(() => response.destroy());
  });
  const { url, close } = await listenOnLoopback(server, settings.port ?? 0);
  return {
    url,
    calls: state.calls,
    invoices: state.invoices,
    arDocuments: state.arDocuments,
    alterations: state.alterations,
    offerCopies: (offered) => {
      state.offersCopies = offered;
    },
    fail: (kind, times = Number.POSITIVE_INFINITY) => {
      state.failure = { kind, left: times };
    },
    recover: () => {
      state.failure = null;
    },
    close,
  };
};
