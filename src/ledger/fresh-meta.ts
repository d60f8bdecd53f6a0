import type { CommandMeta, Ledger } from './ledger.ts';

/** Who causes commands, and under which correlation id: a fresh one where none is given. */
export type Cause = Pick<CommandMeta, 'actor'> & { correlationId?: string };

/**
 * Metadata of one more command. Its command id is fresh, so that the command counts as an execution of its
 * own. The cause's Idempotency-Key is not passed on: it stands for one execution.
 */
export function freshMeta(
  ledger: Pick<Ledger, 'newId'>,
  { actor, correlationId = ledger.newId() }: Cause,
): CommandMeta {
  return { actor, correlationId, commandId: ledger.newId() };
}
