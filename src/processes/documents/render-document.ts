import type { DocumentKey, FrozenDocument } from '../../../commands/documents/document.ts';
import type { DocumentView } from '../../documents/document-view.ts';
import { renderer, type RenderJob } from '../../documents/renderer.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { commands } from '../commands.ts';
import { dropForm, getForm, putForm, sha256Of } from './document-store.ts';
import { freezeDocument } from './freeze-document.ts';
import type { FreezeDeps } from './freeze-documents.ts';

/** A form that a document is rendered to. */
export type RenderedForm = FrozenDocument['rendered'][number]['form'];

/** The bytes of a document's form, the same ever after. */
export interface RenderedDocument {
  number: string;
  sha256: string;
  bytes: Buffer;
}

function jobOf(form: RenderedForm, view: DocumentView): RenderJob {
  if (form === 'pdf') return { form, view };
  if (view.kind === 'receipt' || view.kind === 'statement')
    throw new Refused(refuse('not-found', 'this document has no such form'));
  return { form, view };
}

async function stored(
  { ledger }: FreezeDeps,
  { document_id, number, retain_until }: FrozenDocument,
  form: RenderedForm,
  sha256: string,
): Promise<RenderedDocument> {
  const bytes = await ledger.query((db) => getForm(db, { document_id, form, sha256 }));
  if (bytes === null)
    throw new Refused(refuse('not-found', `the document ${number} was kept until ${retain_until}`));
  return { number, sha256, bytes };
}

const recorded = (document: FrozenDocument, form: RenderedForm): string | undefined =>
  document.rendered.find((one) => one.form === form)?.sha256;

/**
 * A document in a form. The first request freezes and renders it, and records the hash of its bytes; all
 * later ones get the stored bytes, checked against the hash. Of several first requests at once one is
 * recorded, and all get its bytes.
 * @throws {Refused} `not-found`; `no-seller` and `no-profile`, with the fields that are missing
 * @throws {RendererBusy} when too many documents wait to be rendered
 */
export async function renderDocument(
  deps: FreezeDeps,
  key: DocumentKey,
  form: RenderedForm,
  meta: () => CommandMeta,
): Promise<RenderedDocument> {
  const { document, view } = await freezeDocument(deps, key, meta);
  const known = recorded(document, form);
  if (known !== undefined) return stored(deps, document, form, known);
  const bytes = await renderer.render(jobOf(form, view));
  const sha256 = sha256Of(bytes);
  const { document_id, tenant_id, retain_until } = document;
  // Stored first: the hash that an event names has its bytes, whatever happens between the two.
  await deps.ledger.query((db) =>
    putForm(db, { document_id, form, sha256 }, { tenant_id, retain_until, content: bytes }),
  );
  const input = { document_id, form, sha256, bytes: bytes.length };
  const { result } = await deps.ledger.execute(commands.recordRendering, input, meta());
  const winner = result === null ? undefined : recorded(result, form);
  if (winner === undefined) throw new Error(`document ${document.number} is not rendered after it was`);
  // Another release may draw the same content otherwise: the bytes that were recorded first stand.
  if (winner !== sha256) await deps.ledger.query((db) => dropForm(db, { document_id, form, sha256 }));
  return stored(deps, document, form, winner);
}
