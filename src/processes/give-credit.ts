/** Gives credits of goodwill. */
import { creditedInvoice } from '../../commands/invoicing/corrected-invoice.ts';
import { refuseCredit } from '../../commands/invoicing/credit-invoice.ts';
import type { Correction } from '../../commands/invoicing/invoice.ts';
import { ownDeployments } from '../../projections/deployments/deployment-queries.ts';
import type { Db } from '../database/db.ts';
import { readInvoiceWithNotes } from '../invoicing/read-correction.ts';
import type { CommandMeta } from '../ledger/ledger.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { creditLines, type CreditLine } from '../pricing/goodwill.ts';
import { totalOf } from '../pricing/money.ts';
import { commands } from './commands.ts';
import {
  earlierNotes,
  found,
  issuedNotes,
  mostRounds,
  settleNotes,
  storeNote,
  type NoteDeps,
} from './invoice-notes.ts';

/** A credit of goodwill. */
export interface Credit {
  invoice_id: string;
  lines: readonly CreditLine[];
  reason: string;
}

/**
 * Gives a credit of goodwill on an invoice, with the invoice's tax. The note is then numbered, taken into the
 * account and frozen.
 * @throws {Refused} `not-found`, `invoice-void`, and `credit-above-invoice` with what is left of the invoice
 */
export async function giveCredit(
  deps: NoteDeps,
  credit: Credit,
  meta: CommandMeta,
): Promise<{ note: Correction; position: string }> {
  const note = await giveUnsettled(deps, credit, meta);
  return { note, position: await settleNotes(deps, [note], meta) };
}

/** Gives a credit as {@link giveCredit} does; the note is left to be numbered. */
export async function giveUnsettled(
  { ledger }: Pick<NoteDeps, 'ledger'>,
  { invoice_id, lines, reason }: Credit,
  meta: CommandMeta,
): Promise<Correction> {
  for (let round = 0; round < mostRounds; round += 1) {
    const [done] = (await earlierNotes(ledger, invoice_id, meta, commands.creditInvoice.name)) ?? [];
    if (done !== undefined) return done;
    const read = await ledger.readLatest(async (db) => {
      const invoiced = found(await readInvoiceWithNotes(db, invoice_id));
      await requireOwnDeployments(db, invoiced.invoice.tenant_id, lines);
      return invoiced;
    });
    const invoiced = { ...read.invoice, invoice_id, corrections: read.notes };
    const tooMuch = refuseCredit(invoiced, totalOf(lines));
    if (tooMuch !== null) throw new Refused(tooMuch);
    const credited = creditedInvoice(invoiced);
    const terms = { tax: credited.tax, reason };
    const note = await storeNote(ledger, read, creditLines(credited, lines), terms, meta);
    const input = { invoice_id, basis: read.basis, note };
    const outcome = await ledger.execute(commands.creditInvoice, input, meta);
    const [issued] = issuedNotes(outcome, invoice_id, read.basis, 1) ?? [];
    if (issued !== undefined) return issued;
  }
  throw new Refused(refuse('conflict', 'the invoice kept changing while it was credited; try again'));
}

/** @throws {Refused} `unknown-deployment`, with the field, for a deployment that the tenant does not have */
async function requireOwnDeployments(db: Db, tenantId: string, lines: readonly CreditLine[]): Promise<void> {
  const named = lines.flatMap(({ deployment_id }) => (deployment_id === null ? [] : [deployment_id]));
  const own = await ownDeployments(db, tenantId, named);
  const index = lines.findIndex(({ deployment_id }) => deployment_id !== null && !own.has(deployment_id));
  if (index < 0) return;
  const message = 'the tenant of the invoice has no such deployment';
  const path = `lines.${index}.deployment_id`;
  throw new Refused(refuse('unknown-deployment', `${path}: ${message}`, { errors: [{ path, message }] }));
}
