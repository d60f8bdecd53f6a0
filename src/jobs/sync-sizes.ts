import { z } from 'zod';
import { syncSizes } from '../processes/sync/sync-sizes.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Mirrors droplet sizes and their list prices. */
export const syncSizesJob = defineJob({
  name: 'sync.sizes',
  queue: 'cloud_sync_full',
  cron: schedule['sync.sizes'],
  summary: 'Mirror droplet sizes and their list prices',
  input: z.strictObject({}),
  run: (_input, deps, run) => syncSizes(deps, run),
});
