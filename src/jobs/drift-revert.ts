import { z } from 'zod';
import { revertOfRun } from '../../projections/inventory/drift-queries.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { runRevert } from '../processes/revert/run-revert.ts';
import { defineJob } from './job.ts';

/** Changes a droplet back to its recorded size, step by step (spec 5). */
export const driftRevert = defineJob({
  name: 'drift.revert',
  queue: 'provisioning',
  cron: null,
  summary: 'Go on with a requested revert of a drift, to its end',
  input: z.strictObject({ run_id: z.guid() }),
  runId: ({ run_id }) => run_id,
  async run({ run_id }, deps, run) {
    const known = await deps.ledger.readLatest((db) => revertOfRun(db, run_id));
    if (known === null) throw new Refused(refuse('not-found', `there is no revert ${run_id}`));
    const revert = await runRevert(deps, known, () => run.meta());
    if (revert.status === 'failed') {
      const { status, size_slug } = revert.left ?? { status: null, size_slug: null };
      const left = `left behind: status ${status ?? 'unknown'}, size ${size_slug ?? 'unknown'}`;
      throw new Refused(refuse('revert-failed', `${revert.reason ?? 'unknown'}; ${left}`));
    }
    return { drift_id: revert.drift_id, resource_id: known.resource_id, status: revert.status };
  },
});
