import type { Sql } from '../database/db.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../read-models/projection.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { ProcessDeps } from '../processes/process.ts';
import type { Readiness } from '../runtime/readiness.ts';
import type { Rebuilds } from '../processes/rebuilds.ts';
import type { Remeter } from './remeter.ts';

/**
 * What route handlers may reach. The composition root fills it once; a context that needs more
 * (a client, a job runner) adds a field of its own here.
 */
export interface Deps {
  ledger: Ledger;
  /** ISO currency of the ledger (`BILLING_CURRENCY`). */
  currency: string;
  /** Runs jobs by name. */
  jobs: JobRunner;
  /** What jobs reach, for routes that share a job's procedure. */
  jobDeps: ProcessDeps;
  /** Meters days anew after a tie that reaches back; absent where nothing meters. */
  remeter?: Remeter;
  /** Every projection of this build. */
  projections: readonly Projection[];
  /** Rebuilds projections in the background. */
  rebuilds: Rebuilds;
  /** The durable tables, for what is no read model: checkpoints and the journal. */
  sql: Sql;
  /**
   * Asks each part of the service whether it can serve. It answers within a second or two and never throws.
   */
  readiness(): Promise<Readiness>;
  /**
   * The service's figures in Prometheus' text format. It answers within a second or two and never throws for
   * a part that is away.
   */
  scrape(): Promise<string>;
}
