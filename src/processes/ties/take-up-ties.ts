import type { Actor } from '../../events/define.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Logger } from '../../runtime/logger.ts';
import { runTieRules } from './run-tie-rules.ts';

const actor: Actor = { sub: 'process:ties', tenant_id: null, roles: ['automatic'] };

/**
 * What a process does once after its start: the ties that follow from ties and rules, and the days that are
 * to be metered anew after them, which a process that died left. A failure is logged and tried again the
 * next time; every `sync.projects` does the same work.
 */
export function createTieTakeUp(ledger: Ledger, logger: Pick<Logger, 'warn'>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    try {
      await runTieRules(ledger, { meta: () => freshMeta(ledger, { actor }) });
      isDone = true;
    } catch (error) {
      logger.warn({ err: error }, 'ties that a process left are not taken up yet');
    }
  };
}
