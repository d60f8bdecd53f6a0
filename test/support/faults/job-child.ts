/** A process that runs jobs, for a test that kills it in the middle of them. */
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { createRequestBudget } from '../../../src/digitalocean/request-budget.ts';
import { createFinanceClient } from '../../../src/finance/client.ts';
import { randomId } from '../../../src/ledger/ids.ts';
import { openJournalAsLog } from '../../../src/open-log.ts';
import { openService } from '../../../src/open-service.ts';
import { TEST_SECRET } from '../http/tokens.ts';
import { fixedClock } from '../ledger/fixed-clock.ts';
import { testParts } from '../ledger/test-parts.ts';
import type { EndedLife, JobLife } from './job-life.ts';
import { StepWatch } from './step-watch.ts';

const { target, now, digitalOcean, financeUrl, jobs } = JSON.parse(process.argv[2] ?? '') as JobLife;
const watch = new StepWatch(jobs, () => {
  if (watch.count('under way') > 0) return;
  const news: EndedLife = { stopped: watch.count('stopped'), steps: Object.fromEntries(watch.steps) };
  process.send?.(news, () => {
    if (news.stopped > 0) process.kill(process.pid, 'SIGKILL');
    else void service.close().then(() => process.disconnect());
  });
});

const ledgerClock = fixedClock(now);
const clock = { now: () => Date.parse(ledgerClock.now()) };
const sleep = async (milliseconds: number): Promise<void> => ledgerClock.advance(milliseconds);
const service = await openService({
  ...testParts(target),
  ...{ clock: ledgerClock, newId: randomId },
  openLog: watch.openLog(openJournalAsLog),
  digitalOcean: createDigitalOceanClient({
    ...{ baseUrl: digitalOcean.url, token: digitalOcean.token },
    ...{ clock, sleep, fetch: watch.fetch, random: () => 0.5 },
    budget: createRequestBudget({ perMinute: 1_000_000, perHour: 1_000_000, clock, sleep }),
  }),
  finance:
    financeUrl === null
      ? null
      : createFinanceClient({
          ...{ baseUrl: financeUrl, secret: TEST_SECRET, tenantId: 'platform-admin', roles: ['admin'] },
          ...{ clock, fetch: watch.fetch },
        }),
});
const actor = { sub: 'job:killed', tenant_id: null, roles: ['platform_admin'] };
for (const { key, job, input = {} } of jobs)
  void watch
    .within(key, () => service.jobs.run(job, input, { actor }))
    .then(({ status, error }) => {
      if (status !== 'completed') throw new Error(`${job}: ${status} ${String(error)}`);
      watch.end(key);
    });
