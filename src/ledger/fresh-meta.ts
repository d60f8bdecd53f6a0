import type { CommandMeta, Ledger } from './ledger.ts';

/** The actor of commands, and their correlation id: by default a fresh one. */
export type Cause = Pick<CommandMeta, 'actor'> & { correlationId?: string };

/**
 * Metadata of a further command. Its command id is fresh; the Idempotency-Key is not passed on, since it
 * stands for one execution.
 */
export function freshMeta(
  ledger: Pick<Ledger, 'newId'>,
  { actor, correlationId = ledger.newId() }: Cause,
): CommandMeta {
  return { actor, correlationId, commandId: ledger.newId() };
}
