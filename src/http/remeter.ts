import type { CommandMeta } from '../ledger/ledger.ts';

/** Days of deployments whose metering may be out of date. */
export interface RemeterRequest {
  deploymentIds: readonly string[];
  /** First day, inclusive. */
  from: string;
  /** Last day, exclusive. */
  to: string;
}

/** Meters those of the days anew that are metered already; the schedule meters the others. */
export type Remeter = (request: RemeterRequest, meta: CommandMeta) => Promise<void>;
