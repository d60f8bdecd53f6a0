import { z } from 'zod';
import { spacesSizes } from '../processes/spaces-sizes.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Measures the buckets, for metering. */
export const spacesSizesJob = defineJob({
  name: 'spaces.sizes',
  queue: 'cloud_sync_slow',
  cron: schedule['spaces.sizes'],
  summary: 'Measure the Spaces buckets',
  input: z.strictObject({}),
  run: (_input, deps, run) => spacesSizes(deps, run),
});
