import { ConfigError } from '../config.ts';
import { isConnectionError } from '../database/connection.ts';
import { MigrationError } from '../database/migrate.ts';
import { Refused } from '../ledger/refusal.ts';
import { SignedHeadError } from '../journal/chain/signed-head.ts';
import { CopyRefused } from '../journal/log-copy/copy-refused.ts';
import { AccessRefused, LogUnavailable } from '../journal/event-log.ts';
import { WrongSource } from '../journal/copier/journal-source.ts';
import { LogMismatch } from '../journal/log-mismatch.ts';
import { MasterKeyError } from '../personal/master-key.ts';
import { StopError } from './close-in-time.ts';
import { asError } from '../runtime/as-error.ts';
import { hideSecrets } from '../runtime/hide-secrets.ts';
import { secretsOf } from './secrets.ts';
import { StartError } from './start-error.ts';
import { visible } from './visible.ts';

/** An error's message for people: without secrets, and with a stack only where it is unexpected. */
export function explainFailure(error: unknown): string {
  return visible(hideSecrets(explain(error), secretsOf(process.env)));
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartError || error instanceof StopError)
    return error.message;
  if (error instanceof Refused) return `${error.refusal.refused}: ${error.refusal.detail}`;
  if (error instanceof MigrationError) return `The database does not fit this release: ${error.message}`;
  if (
    error instanceof WrongSource ||
    error instanceof MasterKeyError ||
    error instanceof LogMismatch ||
    error instanceof CopyRefused ||
    error instanceof SignedHeadError
  )
    return error.message;
  if (error instanceof LogUnavailable) return `The event log can not be reached: ${error.message}`;
  if (error instanceof AccessRefused)
    return `The event log refuses the credentials of its connection string: ${error.message}`;
  if (isConnectionError(error)) return `The database can not be reached: ${messageOf(error)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A failed connection to several addresses has no message; each of its errors has one. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return asError(error).message;
}
