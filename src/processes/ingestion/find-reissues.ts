import { costLineSteps } from '../../../commands/costs/cost-lines.ts';
import { costLinesInParts } from '../../../commands/costs/cost-parts.ts';
import type { NoteReissue } from '../../../commands/costs/note-reissue.ts';
import type { ProviderInvoiceState } from '../../../commands/costs/provider-invoice.ts';
import type { InvoiceProgress } from '../../../projections/costs/provider-invoice-queries.ts';
import type { ListedProviderInvoice } from '../../digitalocean/billing-api.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { daysBetween } from '../../pricing/calendar.ts';
import type { Logger } from '../../runtime/logger.ts';
import { inTurns } from '../../runtime/in-turns.ts';
import { requireDigitalOcean } from '../ask-upstream.ts';
import { commands } from '../commands.ts';
import type { ProcessDeps } from '../process.ts';
import { fetchCsvLines } from './fetch-invoice.ts';

/** An invoice that could not be looked at, and why. */
interface NotRead {
  uuid: string;
  error: unknown;
}

/**
 * Looks for reissues without notice among the invoices that were ingested (spec 4). The amounts of the list
 * are compared for all of them. The lines are read anew for one a day: the latest invoice, and on the days
 * between one of the others in turn.
 * @param listed the provider's list; null where it has none
 * @param ingested newest first
 */
export async function findReissues(
  { ledger, digitalOcean, logger }: Pick<ProcessDeps, 'ledger' | 'digitalOcean' | 'logger'>,
  listed: readonly ListedProviderInvoice[] | null,
  ingested: readonly InvoiceProgress[],
  meta: () => CommandMeta,
): Promise<{ found: number; failed: NotRead[] }> {
  const client = requireDigitalOcean(digitalOcean);
  const toRead = inTurn(ingested, ledger.now().slice(0, 10));
  const failed: NotRead[] = [];
  const listedBy = new Map((listed ?? []).map((invoice) => [invoice.uuid, invoice]));
  let found = 0;
  for (const invoice of ingested) {
    const { uuid } = invoice;
    const replaced_by = replacementOf(invoice, listed ?? [], ingested);
    let lines_hash: string | null = null;
    if (uuid === toRead && replaced_by === null) {
      try {
        lines_hash = await linesHashOf(client, uuid);
      } catch (error) {
        failed.push({ uuid, error });
      }
    }
    const listed_cents = listedBy.get(uuid)?.amount_cents ?? null;
    const isAsListed = (listed_cents ?? invoice.amount_cents) === invoice.amount_cents;
    const isAsRead = (lines_hash ?? invoice.lines_hash) === invoice.lines_hash;
    if (isAsListed && isAsRead && replaced_by === null && !invoice.is_reissued) continue;
    const seen: NoteReissue = { invoice_uuid: uuid, listed_cents, lines_hash, replaced_by };
    const { result, appended } = await ledger.execute(commands.noteReissue, seen, meta());
    if (appended === 0 || result.reissue?.open !== true) continue;
    found += 1;
    warnOfReissue(logger, uuid, result);
  }
  return { found, failed };
}

/** Says in the log that an invoice was issued anew. Amounts in cents of a US dollar. */
export function warnOfReissue(logger: Logger, invoice_uuid: string, state: ProviderInvoiceState): void {
  const { reissue, ingested } = state;
  logger.warn(
    { invoice_uuid, period: ingested?.period, amount_cents: reissue?.amount_cents, ...replacing(state) },
    'the provider issued an invoice anew without notice',
  );
}

const replacing = ({ reissue }: ProviderInvoiceState) =>
  reissue === null || reissue.replaced_by === null ? {} : { replaced_by: reissue.replaced_by };

/** The invoice whose lines are read on a day: every other day the latest, else one of the others in turn. */
function inTurn(invoices: readonly InvoiceProgress[], day: string): string | undefined {
  const [latest, ...others] = invoices;
  const days = daysBetween('2000-01-01', day);
  const isForOthers = days % 2 === 1 && others.length > 0;
  return (isForOthers ? others[((days - 1) / 2) % others.length] : latest)?.uuid;
}

/** Another invoice of the month that the list has, where it does not have this one any more. */
function replacementOf(
  { uuid, period }: InvoiceProgress,
  listed: readonly ListedProviderInvoice[],
  ingested: readonly InvoiceProgress[],
): NoteReissue['replaced_by'] {
  const ofMonth = listed.filter((invoice) => invoice.period === period);
  if (ofMonth.length === 0 || ofMonth.some((invoice) => invoice.uuid === uuid)) return null;
  const other = ofMonth.find((invoice) => ingested.some((known) => known.uuid === invoice.uuid));
  return other === undefined ? null : { invoice_uuid: other.uuid, amount_cents: other.amount_cents };
}

/** The hash of the lines that the provider has now. */
async function linesHashOf(client: DigitalOceanClient, uuid: string): Promise<string> {
  const { lines } = await fetchCsvLines(client, uuid);
  const built = await inTurns(costLineSteps(lines, null));
  return (await inTurns(costLinesInParts(uuid, built))).hash;
}
