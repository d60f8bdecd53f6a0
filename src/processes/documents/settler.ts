import { advisoryLocks } from '../../database/advisory-locks.ts';
import type { Sql } from '../../database/db.ts';
import { pause, supervise, type Supervised } from '../../database/supervise.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import { Refused } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { recoverPaid } from '../lifecycle/recover-paid.ts';
import { finishErasures } from '../parties/erase-customer.ts';
import type { ProcessDeps } from '../process.ts';
import { settleAccounts } from '../receivables/settle-accounts.ts';
import { assignNumbers } from './assign-numbers.ts';
import { freezeDue } from './freeze-documents.ts';
import { purgeDocuments, purgeOrphans } from './purge-documents.ts';

/** Milliseconds between two looks at the read models. */
const EVERY_MS = 1_000;

/** Milliseconds after which what could not be done is tried again, without new events too. */
const AGAIN_MS = 60_000;

/** How many documents a round freezes before it looks for other work, such as numbers of a new month. */
const frozenARound = 500;

const actor = { sub: 'process:settler', tenant_id: null, roles: ['automatic'] };

/**
 * Does, in one process at a time, what is still to be done behind issues: what a process that died left
 * behind, and what became possible later, such as numbers once a seller is set. It looks when the read models
 * have moved, and once a day removes documents that are no longer kept.
 */
export function startSettler(deps: ProcessDeps, locks: Sql): Supervised {
  return supervise(
    locks,
    {
      name: 'settling of invoices',
      lock: advisoryLocks.settler,
      run: (signal) => keepSettled(deps, signal),
      // The read models lag, or others keep numbering.
      passing: (error) => error instanceof Refused,
    },
    deps.logger,
  );
}

async function keepSettled(deps: ProcessDeps, signal: AbortSignal): Promise<void> {
  let settledAt = { position: -1, time: 0 };
  let purgedOn = '';
  while (!signal.aborted) {
    const position = await deps.ledger.readLatest(async (_db, head) => head);
    const time = performance.now();
    if (position !== settledAt.position || time - settledAt.time >= AGAIN_MS) {
      const isMore = await settleAll(deps, signal);
      settledAt = { position: isMore ? -1 : position, time };
    }
    const today = dayOf(deps.ledger.now());
    if (today !== purgedOn) {
      await purge(deps);
      purgedOn = today;
    }
    await pause(EVERY_MS, signal);
  }
}

/**
 * One round of all that happens by itself behind issues. Without anything to do it adds no event.
 * @returns whether documents are left for the next round
 */
export async function settleAll(deps: ProcessDeps, signal?: AbortSignal): Promise<boolean> {
  const meta = () => freshMeta(deps.ledger, { actor });
  await assignNumbers(deps.ledger, meta);
  await settleAccounts(deps, { meta });
  await recoverPaid(deps);
  const frozen = await freezeDue(deps, {}, meta, { signal, most: frozenARound });
  await finishErasures(deps);
  return frozen >= frozenARound;
}

/** Removes the documents whose day has passed, and what freezers that died left behind. */
export async function purge({ ledger, logger }: Pick<ProcessDeps, 'ledger' | 'logger'>): Promise<void> {
  const documents = await purgeDocuments(ledger);
  const orphans = await purgeOrphans(ledger);
  if (documents + orphans > 0)
    logger.info({ documents, orphans }, 'documents that are no longer kept are gone');
}
