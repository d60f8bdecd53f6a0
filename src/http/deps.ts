import type { ConsoleSessions } from '../database/console-sessions.ts';
import type { Sql } from '../database/db.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../read-models/projection.ts';
import type { RevertStarter } from '../jobs/start-revert.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { ProcessDeps } from '../processes/process.ts';
import type { Readiness } from '../runtime/readiness.ts';
import type { BackgroundRuns } from '../processes/background-runs.ts';
import type { Rebuilds } from '../processes/rebuilds.ts';
import type { Verifications } from '../processes/verify-in-background.ts';
import type { Remeter } from './remeter.ts';

/** What route handlers may use. */
export interface Deps {
  ledger: Ledger;
  /** ISO currency of the ledger (`BILLING_CURRENCY`). */
  currency: string;
  jobs: JobRunner;
  reverts: Pick<RevertStarter, 'start'>;
  /** What processes use, for routes that do the same as a job. */
  jobDeps: ProcessDeps;
  /** Meters days anew after a tie to a past day. */
  remeter?: Remeter;
  /** Every projection of this build. */
  projections: readonly Projection[];
  rebuilds: Rebuilds;
  /** Links that sign in to the console. */
  links: Pick<ConsoleSessions, 'createLink'>;
  verifications: Verifications;
  /** Long work that requests start. */
  background: BackgroundRuns;
  /** The database, for tables outside the read models: checkpoints and the journal. */
  sql: Sql;
  /** Whether each part of the service can serve. It answers within two seconds and never throws. */
  readiness(): Promise<Readiness>;
  /** The service's figures in Prometheus' text format, within two seconds, also while a part is away. */
  scrape(): Promise<string>;
}
