import { z } from 'zod';
import type { DocumentKind } from '../../../commands/documents/document.ts';
import { correctionById } from '../../../projections/invoicing/correction-queries.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { paymentById } from '../../../projections/receivables/payment-queries.ts';
import { RendererBusy } from '../../documents/renderer.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { renderDocument, type RenderedForm } from '../../processes/documents/render-document.ts';
import type { Db } from '../../database/db.ts';
import { ownerOr404, type Caller } from '../caller.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type FileResult } from '../route.ts';
import { fileSchema } from '../schemas.ts';

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
  const issue_no = kind === 'invoice' ? (issueNo ?? subject.issue_no ?? 1) : null;
  const meta = () => freshMeta(ledger, { actor, correlationId });
  try {
    const { number, bytes } = await renderDocument(jobDeps, { kind, subject_id: id, issue_no }, form, meta);
    return { file: bytes, name: `${number}.${endings[form]}` };
  } catch (error) {
    if (error instanceof RendererBusy) throw new HttpProblem('busy', error.message);
    throw error;
  }
}

const issueQuery = z.strictObject({
  issue_no: z.coerce.number().int().min(1).max(1_000_000).optional().describe('An older issue'),
});

const invoicePdfRoute = defineRoute({
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

const invoiceUblRoute = defineRoute({
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

const correctionPdfRoute = defineRoute({
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

const correctionUblRoute = defineRoute({
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

const receiptRoute = defineRoute({
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

/** Documents as files (spec 17). They stand before the routes whose ids would take their endings. */
export const documentFileRoutes = [
  invoicePdfRoute,
  invoiceUblRoute,
  correctionPdfRoute,
  correctionUblRoute,
  receiptRoute,
];
