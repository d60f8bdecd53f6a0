import type { DocumentKey } from '../../../commands/documents/document.ts';
import { documentId } from '../../../commands/documents/document.ts';
import {
  documentsDueNow,
  type DocumentDue,
  type DocumentsDueFilter,
} from '../../../projections/documents/due-queries.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { addYears } from '../../pricing/calendar.ts';
import { canonicalJson } from '../../runtime/canonical-json.ts';
import type { Logger } from '../../runtime/logger.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { commands } from '../commands.ts';
import { documentContent, type ContentDeps } from './document-content.ts';
import { dropForm, putForm, sha256Of, type StoredForm } from './document-store.ts';
import { withContent, type LoadedDocument } from './load-frozen.ts';

/** What freezing needs. */
export interface FreezeDeps extends ContentDeps {
  /** How many years documents are kept (`INVOICE_RETENTION_YEARS`). */
  retentionYears: number;
  logger: Logger;
}

/**
 * Freezes a document whose parties and number are there. The content is stored first and counts once the
 * event names it. Of two freezers at once one wins, and the content of the other is removed.
 * @throws {Refused} `not-found`, `no-seller`, `no-profile`, `conflict` (no number yet)
 */
export async function freezeNow(
  { ledger, personal, retentionYears }: FreezeDeps,
  key: DocumentKey,
  meta: CommandMeta,
): Promise<LoadedDocument> {
  const { tenant_id, issued_on, view } = await documentContent({ ledger, personal }, key);
  const content = Buffer.from(canonicalJson(view));
  const retain_until = addYears(issued_on, retentionYears);
  const stored: StoredForm = { document_id: documentId(key), form: 'content', sha256: sha256Of(content) };
  const put = () => ledger.query((db) => putForm(db, stored, { tenant_id, retain_until, content }));
  await put();
  const { number } = view;
  const input = { ...key, tenant_id, number, content_sha256: stored.sha256, retain_until };
  const { result } = await ledger.execute(commands.freezeDocument, input, meta);
  if (result === null) throw new Error(`document ${number} is not frozen after it was`);
  // An erasure clears away what no event names, perhaps between the two.
  if (result.content_sha256 === stored.sha256) await put();
  else await ledger.query((db) => dropForm(db, stored));
  return ledger.query((db) => withContent(db, result));
}

/** How many documents are frozen at once. */
const atOnce = 4;

/** How many are looked up at a time. */
const batch = 100;

/**
 * Freezes what can be frozen, oldest first. One that fails is logged, and the others go on.
 * @param most after so many, the rest is left to the next call
 * @returns how many were frozen
 */
export async function freezeDue(
  deps: FreezeDeps,
  filter: Omit<DocumentsDueFilter, 'after' | 'limit'>,
  meta: () => CommandMeta,
  { signal, most = Number.MAX_SAFE_INTEGER }: { signal?: AbortSignal | undefined; most?: number } = {},
): Promise<number> {
  let frozen = 0;
  for (let after = 0; signal?.aborted !== true && frozen < most;) {
    const found = after;
    const due = await deps.ledger.readLatest((db) =>
      documentsDueNow(db, { ...filter, after: found, limit: batch }),
    );
    const done = await mapBounded(due, (one) => freezeOne(deps, one, meta(), signal), atOnce);
    frozen += done.filter(Boolean).length;
    const last = due.at(-1);
    if (last === undefined || due.length < batch) break;
    after = last.position;
  }
  return frozen;
}

async function freezeOne(
  deps: FreezeDeps,
  { kind, subject_id, issue_no }: DocumentDue,
  meta: CommandMeta,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (signal?.aborted === true) return false;
  try {
    await freezeNow(deps, { kind, subject_id, issue_no }, meta);
    return true;
  } catch (error) {
    // What is missing, such as the profile of an erased customer, is what a request for the document answers.
    if (error instanceof Refused) deps.logger.debug({ subject_id, reason: error.message }, 'not frozen yet');
    else deps.logger.error({ err: error, subject_id }, 'a document cannot be frozen');
    return false;
  }
}
