import type { CommandMeta } from '../ledger/ledger.ts';

/** Days of deployments whose metering may have become wrong. */
export interface RemeterRequest {
  deploymentIds: readonly string[];
  /** First day, inclusive. */
  from: string;
  /** Last day, exclusive. */
  to: string;
}

/** Meters anew those of the days that have been metered already; the others are left to the schedule. */
export type Remeter = (request: RemeterRequest, meta: CommandMeta) => Promise<void>;
