import { dayOf } from '../../pricing/calendar.ts';
import type { ProcessDeps } from '../process.ts';
import { recoveryFacts } from './load-facts.ts';
import { takeSteps, type StepsTaken } from './take-steps.ts';

/**
 * Brings back what dunning moved, of tenants of whose invoices none is overdue any more. It is called behind
 * every payment; mostly one query finds that there is nothing to do.
 */
export async function recoverPaid(deps: ProcessDeps): Promise<StepsTaken> {
  const { ledger } = deps;
  const now = ledger.now();
  const today = dayOf(now);
  const tenants = await ledger.readLatest((db) => recoveryFacts(db, today));
  return takeSteps(deps, tenants, { day: today, now, correlationId: ledger.newId() });
}
