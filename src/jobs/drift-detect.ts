import { z } from 'zod';
import { resourcesWithSpec } from '../../projections/inventory/sweep-queries.ts';
import { commands } from '../processes/commands.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';
import { mapBounded } from '../runtime/map-bounded.ts';

/** Compares every provisioned spec with what is live (spec 5). */
export const driftDetect = defineJob({
  name: 'drift.detect',
  queue: 'cloud_sync_full',
  cron: schedule['drift.detect'],
  summary: 'Compare every recorded spec with the live resource',
  input: z.strictObject({}),
  async run(_input, { ledger }, run) {
    const resourceIds = await ledger.readLatest(resourcesWithSpec);
    let done = 0;
    const outcomes = await mapBounded(resourceIds, async (resource_id) => {
      const outcome = await ledger.execute(commands.detectDrift, { resource_id }, run.meta());
      run.progress(++done, resourceIds.length, 'drift');
      return outcome;
    });
    return {
      /** Resources compared. */
      compared: outcomes.length,
      /** Findings recorded: new, changed and closed ones. */
      changed: outcomes.reduce((total, { appended }) => total + appended, 0),
      /** Drifts open now. */
      open: outcomes.reduce((total, { result }) => total + result.open, 0),
    };
  },
});
