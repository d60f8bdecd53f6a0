// A worker as a process of its own, for tests that kill it: runs job `long`, which never ends here.
import { connect } from '../../src/database/connection.ts';
import { type ConnectTarget } from '../../src/database/db.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { createJobRunner } from '../../src/jobs/job-runner.ts';
import type { ProcessDeps } from '../../src/processes/process.ts';
import { createJobLocks } from '../../src/jobs/job-locks.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { workerRetries } from '../../src/jobs/worker-times.ts';
import type { RedisTarget } from '../../src/embedded/open-redis.ts';
import { randomId } from '../../src/ledger/ids.ts';
import { quick, testJob } from '../support/jobs/worker-stage.ts';

const { target, redis, prefix } = JSON.parse(process.argv[2] ?? '') as {
  target: ConnectTarget;
  redis: RedisTarget;
  prefix: string;
};
const jobs = [
  testJob({
    name: 'long',
    run: (_input, _deps, run) => {
      process.stdout.write(`runs ${run.runId}\n`);
      return new Promise(() => undefined);
    },
  }),
];
const sql = connect(target);
// The job asks nothing of its ledger, and the runner only for ids and the time.
const deps = {
  ledger: { newId: randomId, now: () => new Date().toISOString() },
  digitalOcean: null,
  finance: null,
  mail: null,
  autoSend: false,
  financeAr: false,
  logger: silentLogger,
} as unknown as ProcessDeps;
startWorker({
  settings: { redis, times: quick, retries: workerRetries },
  prefix,
  jobs,
  runner: createJobRunner(jobs, deps, sql),
  deps,
  sql,
  locks: createJobLocks(() => connect(target, { max: 1 })),
});
setInterval(() => undefined, 1_000);
