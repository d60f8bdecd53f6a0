import { commands } from '../commands.ts';
import { DigitalOceanError } from '../../digitalocean/errors.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { AmountTooLarge } from '../../pricing/rounding.ts';
import { said } from '../../runtime/quoted-text.ts';

/** Characters of a reason that are kept. */
const longestReason = 500;

/**
 * Does what ingests an invoice, and records why where it fails for a reason that lies in the invoice or the
 * provider. What is wrong with us, such as a database that is away, says nothing about the invoice.
 */
export async function recordFailure<T>(
  ledger: Ledger,
  uuid: string,
  meta: () => CommandMeta,
  ingest: () => Promise<T>,
): Promise<T> {
  try {
    return await ingest();
  } catch (error) {
    const reason = reasonOf(error);
    // Why it failed is what counts for the caller, be it recorded or not.
    if (reason !== null)
      await ledger
        .execute(
          commands.recordIngestionFailure,
          { invoice_uuid: uuid, error: said(reason, [], longestReason) },
          meta(),
        )
        .catch(() => undefined);
    throw error;
  }
}

/** The reason in the same words each time; null where there is none to record. */
function reasonOf(error: unknown): string | null {
  if (error instanceof AmountTooLarge) return error.message;
  if (!(error instanceof Refused) || !['upstream-failed', 'not-found'].includes(error.refusal.refused))
    return null;
  return error.cause instanceof DigitalOceanError ? error.cause.reason : error.refusal.detail;
}
