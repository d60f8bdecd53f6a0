import { z } from 'zod';
import { commands } from '../processes/commands.ts';
import { sizesFirst } from '../processes/sync/sizes-first.ts';
import { driftWork } from '../processes/look-for-drift.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';
import { mapBounded } from '../runtime/map-bounded.ts';

/** Compares what is live with provisioned specs (spec 5) and with templates (spec 19). */
export const driftDetect = defineJob({
  name: 'drift.detect',
  queue: 'cloud_sync_full',
  cron: schedule['drift.detect'],
  summary: 'Compare the live resources with their specs and with what templates want',
  input: z.strictObject({}),
  async run(_input, deps, run) {
    const { ledger } = deps;
    await sizesFirst(deps, run);
    const today = ledger.now().slice(0, 10);
    const { compared, decisions } = await ledger.readLatest((db) => driftWork(db, today));
    let done = 0;
    const outcomes = await mapBounded(decisions, async (input) => {
      const outcome = await ledger.execute(commands.detectDrift, input, run.meta());
      run.progress(++done, decisions.length, 'drift');
      return outcome;
    });
    return {
      /** Resources compared. */
      compared,
      /** Findings recorded: new, changed and closed ones. */
      changed: outcomes.reduce((total, { appended }) => total + appended, 0),
      /** Drifts open now. */
      open: outcomes.reduce((total, { result }) => total + result.open, 0),
    };
  },
});
