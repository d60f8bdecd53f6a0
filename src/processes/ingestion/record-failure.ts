import { commands } from '../commands.ts';
import { DigitalOceanError } from '../../digitalocean/errors.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { AmountTooLarge } from '../../pricing/rounding.ts';
import { quotedText } from '../../runtime/quoted-text.ts';

/** Characters of a reason that are kept. */
const longestReason = 500;

/** Runs an ingestion, and records why it fails where that is the fault of the invoice or the provider. */
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
    // The caller gets the error of the ingestion, whether it could be recorded or not.
    if (reason !== null)
      await ledger
        .execute(
          commands.recordIngestionFailure,
          { invoice_uuid: uuid, error: quotedText(reason, [], longestReason) },
          meta(),
        )
        .catch(() => undefined);
    throw error;
  }
}

/** The reason: the same text for the same cause; null for one that is not recorded. */
function reasonOf(error: unknown): string | null {
  if (error instanceof AmountTooLarge) return error.message;
  if (!(error instanceof Refused) || !['upstream-failed', 'not-found'].includes(error.refusal.refused))
    return null;
  return error.cause instanceof DigitalOceanError ? error.cause.reason : error.refusal.detail;
}
