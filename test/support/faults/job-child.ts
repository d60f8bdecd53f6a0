/** A process that runs jobs, for a test that kills it in the middle of them. */
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { createRequestBudget } from '../../../src/digitalocean/request-budget.ts';
import { createFinanceClient } from '../../../src/finance/client.ts';
import { correlated } from '../../../src/jobs/correlated.ts';
import { createJobRunner } from '../../../src/jobs/job-runner.ts';
import { jobs as allJobs } from '../../../src/jobs/jobs.ts';
import { defaultLimits } from '../../../src/ledger/command.ts';
import { randomId } from '../../../src/ledger/ids.ts';
import { openJournalAsLog } from '../../../src/open-log.ts';
import { openLedger } from '../../../src/open-ledger.ts';
import { openPersonalData } from '../../../src/personal/open-personal-data.ts';
import type { ProcessDeps } from '../../../src/processes/process.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { TEST_SECRET } from '../http/tokens.ts';
import { fixedClock } from '../ledger/fixed-clock.ts';
import { testMasterKey } from '../ledger/test-master-key.ts';
import type { EndedLife, JobLife } from './job-life.ts';
import { StepWatch } from './step-watch.ts';

const { target, now, digitalOcean, financeUrl, jobs } = JSON.parse(process.argv[2] ?? '') as JobLife;
const watch = new StepWatch(jobs, () => {
  if (watch.count('under way') > 0) return;
  const news: EndedLife = { stopped: watch.count('stopped'), steps: Object.fromEntries(watch.steps) };
  process.send?.(news, () => {
    if (news.stopped > 0) process.kill(process.pid, 'SIGKILL');
    else void open.close().then(() => process.disconnect());
  });
});

const ledgerClock = fixedClock(now);
const clock = { now: () => Date.parse(ledgerClock.now()) };
const sleep = async (milliseconds: number): Promise<void> => ledgerClock.advance(milliseconds);
// A service has an API too, whose code takes longer to load than all else.
const open = await openLedger({
  ...{ target, leave: async () => undefined, isEmbedded: false },
  ...{ openLog: watch.openLog(openJournalAsLog), clock: ledgerClock, newId: randomId },
  ...{ logger: silentLogger, currency: 'AUD', limits: defaultLimits },
});
const deps: ProcessDeps = {
  ledger: open.ledger,
  personal: openPersonalData({ sql: open.sql, masterKey: testMasterKey, now: () => ledgerClock.now() }),
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
  ...{ mail: null, autoSend: false, financeAr: false, logger: silentLogger },
  ...{ tax: { name: 'GST', rate: '0.10' }, retentionYears: 5 },
  lifecycle: { dunningDays: 14, suspendDays: 30 },
};
const runner = createJobRunner(allJobs.map(correlated), deps, open.sql);
const actor = { sub: 'job:killed', tenant_id: null, roles: ['platform_admin'] };
for (const { key, job, input = {} } of jobs)
  void watch
    .within(key, () => runner.run(job, input, { actor }))
    .then(({ status, error }) => {
      if (status !== 'completed') throw new Error(`${job}: ${status} ${String(error)}`);
      watch.end(key);
    });
