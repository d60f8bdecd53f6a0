import { z } from 'zod';
import { commands } from '../processes/commands.ts';
import { dayOf } from '../pricing/calendar.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';
import { judgeCosts } from '../processes/cost-alerts.ts';
import { askUpstream, requireDigitalOcean } from '../processes/ask-upstream.ts';

/** Records what the account owes the provider right now (spec 4). */
export const billingBalance = defineJob({
  name: 'billing.balance',
  queue: 'cloud_billing',
  cron: schedule['billing.balance'],
  summary: 'Record a snapshot of the DigitalOcean balance',
  input: z.strictObject({}),
  async run(_input, { ledger, digitalOcean }, run) {
    const balance = await askUpstream('the balance', requireDigitalOcean(digitalOcean).getBalance());
    const { result, appended } = await ledger.execute(
      commands.recordBalance,
      { day: dayOf(ledger.now()), ...balance },
      run.meta(),
    );
    await judgeCosts(ledger, () => run.meta());
    return { ...result, changed: appended > 0 };
  },
});
