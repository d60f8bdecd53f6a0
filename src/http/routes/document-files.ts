import { z } from 'zod';
import type { DocumentKind } from '../../../commands/documents/document.ts';
import { correctionById } from '../../../projections/invoicing/correction-queries.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import { paymentById } from '../../../projections/receivables/payment-queries.ts';
import { renderer, RendererBusy } from '../../documents/renderer.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { renderDocument, type RenderedForm } from '../../processes/documents/render-document.ts';
import { statementView } from '../../processes/documents/statement-view.ts';
import type { Db } from '../../database/db.ts';
import { foundOr404, ownerOr404, type Caller } from '../caller.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type FileResult } from '../route.ts';
import { fileSchema, queryInteger } from '../schemas.ts';
import { requireOrder, statementQuery } from './statements.ts';

const contentTypes = { pdf: 'application/pdf', ubl: 'application/xml; charset=utf-8' } as const;
const endings = { pdf: 'pdf', ubl: 'ubl.xml' } as const;

const frozen =
  'The same document gives the same bytes ever after; their SHA-256 is in the journal. 409 names the ' +
  'fields of the seller or of the profile that are missing.';

/** A document's owner, and which issue is the last. */
interface Subject {
  tenant_id: string;
  issue_no?: number;
}

const found: Record<DocumentKind, (db: Db, id: string) => Promise<Subject | null>> = {
  invoice: invoiceById,
  correction: correctionById,
  receipt: paymentById,
};
const called: Record<DocumentKind, string> = {
  invoice: 'invoice',
  correction: 'correction',
  receipt: 'payment',
};

interface Wanted {
  kind: DocumentKind;
  id: string;
  /** Of an invoice; default: the last. */
  issueNo?: number | undefined;
  form: RenderedForm;
}

/** @throws {Refused} `not-found` for none and another tenant's, and what `renderDocument` throws */
async function documentFile(
  { jobDeps }: Deps,
  caller: Caller,
  { actor, correlationId }: CommandMeta,
  { kind, id, issueNo, form }: Wanted,
): Promise<FileResult> {
  const { ledger } = jobDeps;
  const subject = await ledger.read(async (db) =>
    ownerOr404(caller, await found[kind](db, id), called[kind]),
  );
  // Rendering settles the invoice first: nothing is done for an issue that is not there.
  if (issueNo !== undefined && issueNo > (subject.issue_no ?? 1)) foundOr404(null, called[kind]);
  const issue_no = kind === 'invoice' ? (issueNo ?? subject.issue_no ?? 1) : null;
  const meta = () => freshMeta(ledger, { actor, correlationId });
  const key = { kind, subject_id: id, issue_no };
  const { number, bytes } = await orBusy(renderDocument(jobDeps, key, form, meta));
  return { file: bytes, name: `${number}.${endings[form]}` };
}

/** @throws {HttpProblem} `busy` where too many documents wait to be rendered */
async function orBusy<T>(rendering: Promise<T>): Promise<T> {
  try {
    return await rendering;
  } catch (error) {
    if (error instanceof RendererBusy) throw new HttpProblem('busy', error.message);
    throw error;
  }
}

const issueQuery = z.strictObject({
  issue_no: queryInteger(1, 1_000_000).optional().meta({ description: 'An older issue' }),
});

export const invoicePdfRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id.pdf',
  tag: 'invoices',
  summary: 'An invoice as a PDF',
  description: frozen,
  access: 'tenant',
  heavy: true,
  query: issueQuery,
  response: fileSchema,
  file: contentTypes.pdf,
  handle: ({ params: { id }, query, caller, meta }, deps) =>
    documentFile(deps, caller, meta, { kind: 'invoice', id, issueNo: query.issue_no, form: 'pdf' }),
});

export const invoiceUblRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id.ubl.xml',
  tag: 'invoices',
  summary: 'An invoice in UBL 2.1, profile PINT A-NZ',
  description: frozen,
  access: 'tenant',
  heavy: true,
  query: issueQuery,
  response: fileSchema,
  file: contentTypes.ubl,
  handle: ({ params: { id }, query, caller, meta }, deps) =>
    documentFile(deps, caller, meta, { kind: 'invoice', id, issueNo: query.issue_no, form: 'ubl' }),
});

export const correctionPdfRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/corrections/:id.pdf',
  tag: 'invoices',
  summary: 'A credit or debit note as a PDF',
  description: frozen,
  access: 'tenant',
  heavy: true,
  response: fileSchema,
  file: contentTypes.pdf,
  handle: ({ params: { id }, caller, meta }, deps) =>
    documentFile(deps, caller, meta, { kind: 'correction', id, form: 'pdf' }),
});

export const correctionUblRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/corrections/:id.ubl.xml',
  tag: 'invoices',
  summary: 'A credit or debit note in UBL 2.1, profile PINT A-NZ',
  description: frozen,
  access: 'tenant',
  heavy: true,
  response: fileSchema,
  file: contentTypes.ubl,
  handle: ({ params: { id }, caller, meta }, deps) =>
    documentFile(deps, caller, meta, { kind: 'correction', id, form: 'ubl' }),
});

export const receiptRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/payments/:id.pdf',
  tag: 'payments',
  summary: 'The receipt of a payment as a PDF',
  description: `It shows what the payment paid when it was received. ${frozen}`,
  access: 'tenant',
  heavy: true,
  response: fileSchema,
  file: contentTypes.pdf,
  handle: ({ params: { id }, caller, meta }, deps) =>
    documentFile(deps, caller, meta, { kind: 'receipt', id, form: 'pdf' }),
});

export const statementPdfRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/customers/:tenant_id/statement.pdf',
  tag: 'payments',
  summary: "A tenant's account between two days as a PDF",
  description:
    'What `GET /api/v1/customers/:tenant_id/statement` has, made anew each time. 409 names the fields of ' +
    'the seller or of the profile that are missing.',
  access: 'tenant',
  heavy: true,
  query: statementQuery,
  response: fileSchema,
  file: contentTypes.pdf,
  async handle({ params: { tenant_id }, query, caller }, { jobDeps, currency }) {
    requireOrder(query);
    ownerOr404(caller, { tenant_id }, 'customer');
    const known = await jobDeps.ledger.read((db) => isKnownTenant(db, tenant_id));
    foundOr404(known || !caller.admin ? tenant_id : null, 'customer');
    const view = await statementView({ ...jobDeps, currency }, tenant_id, query);
    const file = await orBusy(renderer.render({ form: 'pdf', view }));
    return { file, name: `statement-${query.from}-${query.to}.pdf` };
  },
});

/** Documents as files (spec 17). They stand before the routes whose ids would take their endings. */
export const documentFileRoutes = [
  invoicePdfRoute,
  invoiceUblRoute,
  correctionPdfRoute,
  correctionUblRoute,
  receiptRoute,
  statementPdfRoute,
];
