import { z } from 'zod';
import { runTieRules } from '../processes/ties/run-tie-rules.ts';
import { syncProjects } from '../processes/sync/sync-projects.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Mirrors projects, and gives each resource to the tenant of its project. */
export const syncProjectsJob = defineJob({
  name: 'sync.projects',
  queue: 'cloud_sync_full',
  cron: schedule['sync.projects'],
  summary: 'Mirror projects, and give what is in them to their tenants',
  input: z.strictObject({}),
  async run(_input, deps, run) {
    const result = await syncProjects(deps, run);
    // Also where nothing changed: an earlier run may have been cut off before its rules ran.
    await runTieRules(deps.ledger, run);
    return result;
  },
});
